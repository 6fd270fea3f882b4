#ifndef RINGER_CLI_COMMANDS_H
#define RINGER_CLI_COMMANDS_H

/* The list of commands: name, function, one line of help. `ringer --help` prints them in this order. */
#define CLI_COMMANDS(X)                                                                                      \
    X("scan", cmd_scan, "judge mail from files, mailboxes and folders")                                      \
    X("domain", cmd_domain, "say whether a domain looks like a protected one")                               \
    X("quarantine", cmd_quarantine, "list, show, release, delete, purge and export held mail")               \
    X("report", cmd_report, "what was held and tagged: text, HTML, JSON, CSV")                               \
    X("learn", cmd_learn, "seed history with archives of sent and received mail")                            \
    X("history", cmd_history, "show, forget and export what was learned of correspondents")                  \
    X("config", cmd_config, "check the configuration, or show what is in force")                             \
    X("rules", cmd_rules, "check, list and try the rules and look up facts")                                 \
    X("phrases", cmd_phrases, "check phrase packs, show what they find in a text")                           \
    X("extract", cmd_extract, "print the text that is read in an attachment")                                \
    X("status", cmd_status, "show what the running ringerd does")                                            \
    X("reload", cmd_reload, "make the running ringerd read configuration and rules again")                   \
    X("init", cmd_init, "set Ringer up: configuration, store, mail server")                                  \
    X("doctor", cmd_doctor, "check that mail can be judged, held and released, say what to do")              \
    X("test-attack", cmd_test_attack, "send a test attack through the mail server, say what became of it")   \
    X("version", cmd_version, "print the version and what it was built with")

#define COMMAND(name, run, help) int run(int argc, char **argv);
CLI_COMMANDS(COMMAND)
#undef COMMAND

#endif
