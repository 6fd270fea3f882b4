# UTS #39 confusables.txt -> rows of a C table: every non-ASCII character whose prototype reads as ASCII once
# combining marks (U+0300..036F) are taken off. Sorted by code point by the caller (LC_ALL=C sort).
BEGIN { FS = "[ \t]*;[ \t]*" }
/^[0-9A-F]/ {
    if ($1 ~ / / || $1 ~ /^00[0-7]/)
        next
    n = split($2, proto, / /)
    if (n > 4)
        next
    list = ""
    letters = 0
    for (i = 1; i <= n; i++) {
        if (proto[i] ~ /^03[0-6][0-9A-F]$/)
            continue
        if (proto[i] !~ /^00[2-7][0-9A-F]$/)
            next
        list = list ", 0x" substr(proto[i], 3)
        letters++
    }
    if (letters == 0)
        next
    printf "    {0x%s, {%s}},\n", substr("000000" $1, length($1) + 1), substr(list, 3)
}
