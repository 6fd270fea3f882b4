libringer_a_SOURCES += \
	src/conf/company.c src/conf/company.h \
	src/conf/conf.h \
	src/conf/domain.c \
	src/conf/exception.c \
	src/conf/group.c src/conf/group.h \
	src/conf/list.c src/conf/list.h \
	src/conf/load.c \
	src/conf/network.c src/conf/network.h \
	src/conf/option.c src/conf/option.h src/conf/options.def \
	src/conf/person.c \
	src/conf/running.c \
	src/conf/show.c src/conf/show.h \
	src/conf/value.c
EXTRA_DIST += \
	contrib/ringer.yaml
