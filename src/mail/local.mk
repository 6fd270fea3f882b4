libringer_a_SOURCES += \
	src/mail/address.c src/mail/address.h \
	src/mail/addrspec.c src/mail/addrspec.h \
	src/mail/attachment.c src/mail/attachment.h \
	src/mail/authres.c src/mail/authres.h \
	src/mail/base64.c src/mail/base64.h \
	src/mail/bidi.c src/mail/bidi.h \
	src/mail/build.h \
	src/mail/charset.c src/mail/charset.h \
	src/mail/colour.c src/mail/colournames.h \
	src/mail/contentline.c src/mail/contentline.h \
	src/mail/css.c src/mail/css.h \
	src/mail/cssblock.h \
	src/mail/cssclip.c \
	src/mail/csspaint.c \
	src/mail/cssread.c src/mail/cssread.h \
	src/mail/cssreaders.h \
	src/mail/csstransform.c src/mail/csstransform.h \
	src/mail/cssvalue.c src/mail/cssvalue.h \
	src/mail/csswords.c \
	src/mail/datauri.c src/mail/datauri.h \
	src/mail/decode.c src/mail/decode.h \
	src/mail/dmarc.c src/mail/dmarc.h \
	src/mail/effort.h \
	src/mail/header.c src/mail/header.h \
	src/mail/host.c src/mail/host.h \
	src/mail/html.c src/mail/html.h \
	src/mail/htmlelement.c src/mail/htmlelement.h \
	src/mail/htmlnode.c src/mail/htmlnode.h \
	src/mail/htmlout.c src/mail/htmlout.h \
	src/mail/htmlstyle.c \
	src/mail/htmlsvg.c src/mail/htmlsvg.h \
	src/mail/htmltext.h \
	src/mail/htmlwalk.c src/mail/htmlwalk.h \
	src/mail/limits.c src/mail/limits.h \
	src/mail/link.c src/mail/link.h src/mail/link_wrappers.def \
	src/mail/mailbox.h \
	src/mail/message.c src/mail/message.h \
	src/mail/mime.c src/mail/mime.h \
	src/mail/parse.c \
	src/mail/param.c src/mail/param.h \
	src/mail/parts.c src/mail/parts.h \
	src/mail/placed.c src/mail/placed.h \
	src/mail/quote.c src/mail/quote.h src/mail/quote_tables.h \
	src/mail/selector.c src/mail/selector.h \
	src/mail/selectormatch.c \
	src/mail/selectorparts.h \
	src/mail/sheet.c src/mail/sheet.h \
	src/mail/spaced.c src/mail/spaced.h \
	src/mail/style.c src/mail/style.h \
	src/mail/styleparts.h \
	src/mail/styleset.c \
	src/mail/textkind.h \
	src/mail/word.c src/mail/word.h
