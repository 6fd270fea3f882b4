# schema.sql -> schema_steps[]: one string for each "-- version N", in order and without gaps.
BEGIN {
    print "/* Made from schema.sql. */"
    print "static const char *const schema_steps[] = {"
}
/^-- version / {
    if ($3 != ++steps) { print "schema.sql:" NR ": expected version " steps > "/dev/stderr"; exit failed = 1 }
    if (steps > 1) print "    ,"
    next
}
/^--/ || /^$/ { next }
steps {
    gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
    print "    \"" $0 "\\n\""
}
END {
    if (failed) exit 1
    print "};"
    print "enum { N_SCHEMA_STEPS = " steps " };"
}
