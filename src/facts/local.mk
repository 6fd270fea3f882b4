libringer_a_SOURCES += \
	src/facts/attachment.c \
	src/facts/arc.c \
	src/facts/auth.c src/facts/auth.h \
	src/facts/collect.c src/facts/collect.h \
	src/facts/contact.c \
	src/facts/envelope.c \
	src/facts/facts.c src/facts/facts.def src/facts/facts.h \
	src/facts/history.c \
	src/facts/identity.c \
	src/facts/link.c \
	src/facts/lookalike.c \
	src/facts/payment.c \
	src/facts/ownauth.c \
	src/facts/people.c src/facts/people.h \
	src/facts/reply.c \
	src/facts/structure.c \
	src/facts/thread.c \
	src/facts/written.c
nobase_dist_pkgdata_DATA += \
	data/facts/freemail.txt \
	data/facts/installers.txt \
	data/facts/payment-names.txt \
	data/facts/titles.txt \
	data/facts/tunnels.txt
