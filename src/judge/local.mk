libringer_a_SOURCES += \
	src/judge/ask.c src/judge/ask.h \
	src/judge/judge.c src/judge/judge.h \
	src/judge/judgement.c src/judge/judgement.h \
	src/judge/learn.c src/judge/learn.h \
	src/judge/pictures.c src/judge/pictures.h \
	src/judge/passwords.c src/judge/passwords.h \
	src/judge/services.c src/judge/services.h
