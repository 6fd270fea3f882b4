# A text file as the lines of a C string.
{
    gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
    print "\"" $0 "\\n\""
}
