#ifndef RINGER_BASE_ENUMNAME_H
#define RINGER_BASE_ENUMNAME_H
#include <stdbool.h>
#include <string.h>

/*
 * An enum and its names from one list:
 *   #define COLOR_LIST(X) X(COLOR_RED, "red") X(COLOR_BLUE, "blue")
 *   ENUM_DECLARE(color, COLOR_LIST)        in the header: enum color, color_name(), color_from_name()
 *   ENUM_DEFINE(color, COLOR_LIST)         in one .c file
 * color_from_name returns false for an unknown name and leaves *out alone.
 */
#define ENUM_ITEM_(id, text) id,
#define ENUM_NAME_(id, text)                                                                                 \
    case id:                                                                                                 \
        return text;
#define ENUM_FROM_(id, text)                                                                                 \
    if (strcmp(name, text) == 0) {                                                                           \
        *out = id;                                                                                           \
        return true;                                                                                         \
    }
#define ENUM_DECLARE(type, LIST)                                                                             \
    enum type { LIST(ENUM_ITEM_) };                                                                          \
    const char *type##_name(enum type value);                                                                \
    bool type##_from_name(const char *name, enum type *out);
#define ENUM_DEFINE(type, LIST)                                                                              \
    const char *type##_name(enum type value)                                                                 \
    {                                                                                                        \
        switch (value) {                                                                                     \
            LIST(ENUM_NAME_)                                                                                 \
        }                                                                                                    \
        return "?";                                                                                          \
    }                                                                                                        \
    bool type##_from_name(const char *name, enum type *out)                                                  \
    {                                                                                                        \
        LIST(ENUM_FROM_)                                                                                     \
        return false;                                                                                        \
    }

#endif
