libringer_a_SOURCES += \
	src/report/csv.c src/report/csv.h \
	src/report/digest.c src/report/digest.h \
	src/report/digest_html.c \
	src/report/digest_text.c \
	src/report/evidence.c src/report/evidence.h \
	src/report/record_json.c src/report/record_json.h \
	src/report/safetext.c src/report/safetext.h \
	src/report/when.c src/report/when.h
EXTRA_DIST += \
	src/report/digest.css \
	src/report/text2inc.awk
BUILT_SOURCES += src/report/digest.css.inc
CLEANFILES += src/report/digest.css.inc
src/report/digest_html.$(OBJEXT): src/report/digest.css.inc
src/report/digest.css.inc: src/report/digest.css src/report/text2inc.awk
	$(AM_V_GEN)$(MKDIR_P) src/report && LC_ALL=C $(AWK) -f $(srcdir)/src/report/text2inc.awk $(srcdir)/src/report/digest.css > $@.tmp && mv $@.tmp $@
