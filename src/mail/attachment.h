#ifndef RINGER_MAIL_ATTACHMENT_H
#define RINGER_MAIL_ATTACHMENT_H
#include <stdbool.h>
#include "base/span.h"

/* What the bytes are: "pdf" "zip" "docx" "xlsx" "pptx" "odf" "ole" "rtf" "exe" "elf" "script" "html" "png"
 * "jpeg" "gif" "tiff" "webp" "rar" "7z" "gzip" "iso" "lnk" "tnef" "cab" "svg" "xml" "eml" "text"; "" unknown. */
const char *attachment_sniff(struct span bytes);
/* Pictures, sound and film: nothing in them for the worker to read. */
int attachment_is_media(const char *sniffed);
int attachment_is_picture(const char *sniffed);

/* What the head of a PNG, JPEG, GIF or BMP says of its size in pixels; false when it says nothing. */
bool attachment_picture_size(struct span bytes, unsigned *width_r, unsigned *height_r);

#endif
