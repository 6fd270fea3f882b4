libringer_a_SOURCES += \
	src/policy/decide.c src/policy/decide.h \
	src/policy/packs.c src/policy/packs.h \
	src/policy/partners.c src/policy/partners.h \
	src/policy/policy.c src/policy/policy.h
