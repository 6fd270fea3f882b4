sbin_PROGRAMS += ringerd
ringerd_SOURCES = \
	src/milter/acceptor.c src/milter/acceptor.h \
	src/milter/action.c src/milter/action.h \
	src/milter/authseen.c src/milter/authseen.h \
	src/milter/control.c src/milter/control.h \
	src/milter/current.c src/milter/current.h \
	src/milter/daemon.c src/milter/daemon.h \
	src/milter/headertext.c src/milter/headertext.h \
	src/milter/housekeep.c src/milter/housekeep.h \
	src/milter/lifecycle.c src/milter/lifecycle.h \
	src/milter/listener.c src/milter/listener.h \
	src/milter/log.c src/milter/log.h \
	src/milter/memory.c src/milter/memory.h \
	src/milter/nosigwait.c \
	src/milter/notify.c src/milter/notify.h \
	src/milter/options.c src/milter/options.h \
	src/milter/outcome.h \
	src/milter/packwatch.c src/milter/packwatch.h \
	src/milter/process.c src/milter/process.h \
	src/milter/record.c src/milter/record.h \
	src/milter/reload.c src/milter/reload.h \
	src/milter/ringerd.c \
	src/milter/session.c src/milter/session.h \
	src/milter/spool.c src/milter/spool.h \
	src/milter/storewatch.c src/milter/storewatch.h \
	src/milter/testmail.c src/milter/testmail.h \
	src/milter/transaction.h \
	src/milter/workers.c src/milter/workers.h
ringerd_LDADD = $(RINGER_LIBS) $(MILTER_LIBS) $(SYSTEMD_LIBS)
