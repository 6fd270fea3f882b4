libringer_a_SOURCES += \
	src/store/audit.h src/store/contact.h \
	src/store/connect.c \
	src/store/db.h src/store/internal.h src/store/statements.def \
	src/store/decision.c src/store/decision.h \
	src/store/delivery.c src/store/delivery.h \
	src/store/history.c src/store/history.h src/store/history_internal.h \
	src/store/history_admin.c \
	src/store/history_key.c \
	src/store/history_look.c \
	src/store/hold.c \
	src/store/pass.c src/store/pass.h \
	src/store/purge.c src/store/retention.h \
	src/store/quarantine.c src/store/quarantine.h \
	src/store/reader.c \
	src/store/reinject.c src/store/reinject.h \
	src/store/records.c src/store/records.h \
	src/store/release.c \
	src/store/smtp_path.c src/store/smtp_path.h \
	src/store/sound.c \
	src/store/sqlite.c src/store/sqlite.h \
	src/store/sqlite_error.c \
	src/store/sqlite_files.c \
	src/store/state.c \
	src/store/statements.c \
	src/store/store.c src/store/store.h \
	src/store/value.c \
	src/store/writer.c
EXTRA_DIST += \
	src/store/schema.sql \
	src/store/schema.awk
BUILT_SOURCES += src/store/schema.inc
CLEANFILES += src/store/schema.inc
src/store/connect.$(OBJEXT): src/store/schema.inc
src/store/schema.inc: src/store/schema.sql src/store/schema.awk
	$(AM_V_GEN)$(MKDIR_P) src/store && LC_ALL=C $(AWK) -f $(srcdir)/src/store/schema.awk $(srcdir)/src/store/schema.sql > $@.tmp && mv $@.tmp $@
