libringer_a_SOURCES += \
	src/policy/brands.c src/policy/brands.h \
	src/policy/decide.c src/policy/decide.h \
	src/policy/packs.c src/policy/packs.h \
	src/policy/partners.c src/policy/partners.h \
	src/policy/policy.c src/policy/policy.h \
	src/policy/shipped.c src/policy/shipped.h
# The digests of what is shipped: changes on disk are told (shipped.h).
BUILT_SOURCES += src/policy/shipped.inc
CLEANFILES += src/policy/shipped.inc
src/policy/shipped.$(OBJEXT): src/policy/shipped.inc
src/policy/shipped.inc: $(SHIPPED_RULES) $(SHIPPED_PHRASES)
	$(AM_V_GEN)$(MKDIR_P) src/policy && (cd $(srcdir)/rules && sha256sum *.yaml phrases/*.yaml) | \
		$(SED) 's/^\([0-9a-f]*\) [ *]\(.*\)$$/{"\2", "\1"},/' > $@.tmp && test -s $@.tmp && mv $@.tmp $@
