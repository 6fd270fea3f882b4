libringer_a_SOURCES += \
	src/payment/account_scan.c src/payment/account_scan.h \
	src/payment/accounts.c src/payment/accounts.h \
	src/payment/analyse.c \
	src/payment/clause.c src/payment/clause.h \
	src/payment/examples.c \
	src/payment/iban.c src/payment/iban.def src/payment/iban.h \
	src/payment/national.c src/payment/national.h \
	src/payment/pack.c src/payment/pack.h \
	src/payment/pack_load.c \
	src/payment/pack_phrase.c src/payment/pack_phrase.h \
	src/payment/pack_read.c src/payment/pack_read.h \
	src/payment/payment.h \
	src/payment/phrases.c src/payment/phrases.h \
	src/payment/scan.h \
	src/payment/stance.c src/payment/stance.h \
	src/payment/term_list.c src/payment/term_list.h \
	src/payment/terms.c src/payment/terms.h \
	src/payment/trie.c src/payment/trie.h src/payment/trie_nodes.h \
	src/payment/trie_build.c
SHIPPED_PHRASES = \
	rules/phrases/concepts.yaml rules/phrases/de.yaml \
	rules/phrases/en.yaml \
	rules/phrases/es.yaml \
	rules/phrases/fr.yaml \
	rules/phrases/it.yaml \
	rules/phrases/ja.yaml \
	rules/phrases/nl.yaml \
	rules/phrases/pl.yaml \
	rules/phrases/pt.yaml \
	rules/phrases/zh.yaml
nobase_dist_pkgdata_DATA += $(SHIPPED_PHRASES)
