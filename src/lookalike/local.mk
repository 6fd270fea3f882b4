libringer_a_SOURCES += \
	src/lookalike/address.c \
	src/lookalike/build.c \
	src/lookalike/confusable.c src/lookalike/confusable.h \
	src/lookalike/contained.c src/lookalike/contained.h \
	src/lookalike/crowd.c src/lookalike/crowd.h \
	src/lookalike/crowding.c src/lookalike/crowding.h \
	src/lookalike/deletes.c src/lookalike/deletes.h \
	src/lookalike/distance.c src/lookalike/distance.h \
	src/lookalike/domain.c src/lookalike/domain.h src/lookalike/suffix.c src/lookalike/suffix.h \
	src/lookalike/explain.c src/lookalike/explain.h \
	src/lookalike/features.c src/lookalike/features.h \
	src/lookalike/hit.c src/lookalike/hit.h \
	src/lookalike/hits.c src/lookalike/hits.h \
	src/lookalike/index.c src/lookalike/index.h \
	src/lookalike/lookalike.h \
	src/lookalike/lookup.c src/lookalike/lookup.h \
	src/lookalike/near.c src/lookalike/near.h \
	src/lookalike/pair.c \
	src/lookalike/pattern.c src/lookalike/pattern.h \
	src/lookalike/points.c src/lookalike/points.def src/lookalike/points.h \
	src/lookalike/punycode.c src/lookalike/punycode.h \
	src/lookalike/query.c src/lookalike/query.h \
	src/lookalike/rarity.c src/lookalike/rarity.h \
	src/lookalike/score.c src/lookalike/score.h \
	src/lookalike/segment.c src/lookalike/segment.h \
	src/lookalike/skeleton.c src/lookalike/skeleton.h \
	src/lookalike/strset.c src/lookalike/strset.h \
	src/lookalike/tables.c src/lookalike/tables.h \
	src/lookalike/variants.c src/lookalike/variants.h \
	src/lookalike/weigh.c src/lookalike/weigh.h \
	src/lookalike/whole.c src/lookalike/whole.h
nodist_libringer_a_SOURCES = src/lookalike/confusable_rows.h
BUILT_SOURCES += src/lookalike/confusable_rows.h
CLEANFILES += src/lookalike/confusable_rows.h
EXTRA_DIST += \
	scripts/confusables.awk \
	data/lookalike/confusables.txt
src/lookalike/confusable.$(OBJEXT): src/lookalike/confusable_rows.h
src/lookalike/confusable_rows.h: $(srcdir)/data/lookalike/confusables.txt $(srcdir)/scripts/confusables.awk
	$(AM_V_GEN)$(MKDIR_P) src/lookalike && $(AWK) -f $(srcdir)/scripts/confusables.awk \
		$(srcdir)/data/lookalike/confusables.txt >$@.raw && LC_ALL=C sort $@.raw >$@.tmp && rm -f $@.raw && mv $@.tmp $@
nobase_dist_pkgdata_DATA += \
	data/lookalike/affixes.txt \
	data/lookalike/brands.txt \
	data/lookalike/crowd.txt \
	data/lookalike/keyboards.txt \
	data/lookalike/letters.tsv \
	data/lookalike/popular.txt \
	data/lookalike/suffixes.txt \
	data/lookalike/variants.txt \
	data/lookalike/visual.tsv \
	data/lookalike/words.txt
