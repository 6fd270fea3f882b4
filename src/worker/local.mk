libringer_a_SOURCES += \
	src/worker/archive.c \
	src/worker/breaker.c src/worker/breaker.h \
	src/worker/call.h \
	src/worker/cfb.c src/worker/cfb.h \
	src/worker/check.c src/worker/check.h \
	src/worker/codepage.c src/worker/codepage.h \
	src/worker/document.c src/worker/document.h \
	src/worker/extract.c src/worker/extract.h \
	src/worker/extraction.h \
	src/worker/inside.c \
	src/worker/office.c \
	src/worker/plain.c \
	src/worker/pool.c \
	src/worker/process.c src/worker/process.h \
	src/worker/protocol.c src/worker/protocol.h \
	src/worker/rtf.c \
	src/worker/script.c src/worker/script.h \
	src/worker/say.c src/worker/say.h \
	src/worker/sink.c src/worker/sink.h \
	src/worker/spf.c src/worker/spf.h \
	src/worker/spf_cache.c src/worker/spf_cache.h \
	src/worker/spf_frames.c src/worker/spf_frames.h \
	src/worker/spf_result.h \
	src/worker/worker.h \
	src/worker/xmltext.c src/worker/xmltext.h \
	src/worker/zip.c src/worker/zip.h
# The worker links only what it uses: every library is address space and code that a hostile document may reach.
WORKER_LIBS = $(LIBARCHIVE_LIBS) $(SPF2_LIBS) $(UNBOUND_LIBS) $(GUMBO_LIBS) $(EXPAT_LIBS) $(ZLIB_LIBS) $(SECCOMP_LIBS) $(UNISTRING_LIBS) -lm
pkglibexec_PROGRAMS += ringer-worker
ringer_worker_SOURCES = \
	src/worker/embedded.c src/worker/embedded.h \
	src/worker/look.c src/worker/look.h \
	src/worker/outside.c src/worker/outside.h \
	src/worker/program.c src/worker/program.h \
	src/worker/programs.c src/worker/programs.h \
	src/worker/programtext.c src/worker/programtext.h \
	src/worker/resolve.c src/worker/resolve.h \
	src/worker/ringer_worker.c \
	src/worker/sandbox.c src/worker/sandbox.h \
	src/worker/selftest.c src/worker/selftest.h \
	src/worker/serve.c src/worker/serve.h \
	src/worker/spf_eval.c src/worker/spf_eval.h \
	src/worker/spf_serve.c src/worker/spf_serve.h
ringer_worker_LDADD = libringer.a $(WORKER_LIBS)
# Readers of pictures link libraries of pictures, which the worker itself does not. Sanitizers cannot start in the sandbox of
# programs, which hides /proc from them: like pdftotext these are built without; fuzz_picture tries the same code with them.
PICTURE_SOURCES = src/worker/picture.c src/worker/picture.h src/worker/picturelook.h \
	src/base/buf.c src/base/mem.c src/base/span.c
READER_COMPILE = $(RINGER_WARN) $(RINGER_HARDEN)
READER_LINK = -Wl,-z,relro -Wl,-z,now
if HAVE_ZBAR
pkglibexec_PROGRAMS += ringer-qr
ringer_qr_SOURCES = $(PICTURE_SOURCES) src/worker/codes.c src/worker/codes.h src/worker/ringer_qr.c
ringer_qr_CFLAGS = $(READER_COMPILE) $(ZBAR_CFLAGS)
ringer_qr_LDFLAGS = $(READER_LINK)
ringer_qr_LDADD = $(ZBAR_LIBS)
endif
if HAVE_TESSERACT
pkglibexec_PROGRAMS += ringer-ocr
ringer_ocr_SOURCES = $(PICTURE_SOURCES) src/worker/ringer_ocr.c
ringer_ocr_CFLAGS = $(READER_COMPILE) $(TESSERACT_CFLAGS)
ringer_ocr_LDFLAGS = $(READER_LINK)
ringer_ocr_LDADD = $(TESSERACT_LIBS)
endif
