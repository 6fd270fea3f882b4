libringer_a_SOURCES += \
	src/facts/attachment.c \
	src/facts/arc.c src/facts/arc.h \
	src/facts/auth.c src/facts/auth.h \
	src/facts/authread.c src/facts/authread.h \
	src/facts/collect.c src/facts/collect.h \
	src/facts/companies.c src/facts/companies.h \
	src/facts/company.c \
	src/facts/contact.c src/facts/contact.h \
	src/facts/envelope.c \
	src/facts/families.h \
	src/facts/facts.c src/facts/facts.def src/facts/facts.h \
	src/facts/history.c src/facts/history.h \
	src/facts/identity.c \
	src/facts/link.c \
	src/facts/lists.c src/facts/lists.h \
	src/facts/lookalike.c \
	src/facts/payment.c \
	src/facts/ownauth.c src/facts/ownauth.h \
	src/facts/people.c src/facts/people.h \
	src/facts/person.c \
	src/facts/reply.c \
	src/facts/shown.c src/facts/shown.h \
	src/facts/signature.c src/facts/signature.h \
	src/facts/structure.c \
	src/facts/thread.c \
	src/facts/vouched.c \
	src/facts/work.c src/facts/work.h \
	src/facts/written.c src/facts/written.h
nobase_dist_pkgdata_DATA += \
	data/facts/freemail.txt \
	data/facts/installers.txt \
	data/facts/payment-names.txt \
	data/facts/services.txt \
	data/facts/titles.txt \
	data/facts/tunnels.txt
