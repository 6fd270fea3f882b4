#ifndef RINGER_WORKER_PICTURELOOK_H
#define RINGER_WORKER_PICTURELOOK_H

/*
 * How a look at a picture went, which is also the exit code of ringer-qr and ringer-ocr. They write what they read to
 * standard output, a form feed behind each page.
 */
enum picture_result {
    PICTURE_OK = 0,
    PICTURE_END = 10,      /* nothing there to look at */
    PICTURE_BROKEN = 11,   /* does not keep to its format; a part may have been read */
    PICTURE_TOO_BIG = 12,  /* more pixels than are looked at, or no memory for them */
    PICTURE_UNKNOWN = 13,  /* no format that is known here */
    PICTURE_NO_WORDS = 14, /* tesseract has no data of the language */
};

#endif
