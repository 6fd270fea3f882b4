libringer_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/datadir.c src/base/datadir.h \
	src/base/diag.c src/base/diag.h \
	src/base/enumname.h \
	src/base/file.c src/base/file.h \
	src/base/mem.c src/base/mem.h \
	src/base/minisign.c src/base/minisign.h \
	src/base/newlist.c src/base/newlist.h \
	src/base/span.c src/base/span.h \
	src/base/text.c src/base/text.h src/base/text_tables.h \
	src/base/textfold.c \
	src/base/wordset.c src/base/wordset.h \
	src/base/yamltree.c src/base/yamltree.h
