# Speed and memory beside their budgets: `make bench`; built by it only.

BENCHES = \
	bench/bench_history \
	bench/bench_lookalike \
	bench/bench_store \
	bench/fit_lookalike \
	bench/message_dump \
	bench/milter_load \
	bench/null_milter \
	bench/rules
EXTRA_PROGRAMS = $(BENCHES)
bench_fit_lookalike_SOURCES = bench/fit_lookalike.c bench/logistic.c bench/logistic.h bench/points_def.c bench/points_def.h
bench_null_milter_LDADD = $(MILTER_LIBS) -lpthread
EXTRA_DIST += bench/run.sh bench/dns.sh bench/policy_files.sh bench/scale.sh bench/wait.sh bench/lookalike_figures.py bench/hostile/mails.py bench/hostile/run.py

bench: all $(BENCHES)
	$(srcdir)/bench/run.sh .
bench-hostile: all bench/milter_load$(EXEEXT)
	python3 $(srcdir)/bench/hostile/run.py .
.PHONY: bench bench-hostile
