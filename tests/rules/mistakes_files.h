/* Files and their answers, for test_mistakes.c. */
{"unknown key",
 "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    why: "
 "w\n    score: 10\n    scores: 3\n",
 "9:5: unknown key 'scores' | did you mean 'score'?"},
    {"unknown key of the file",
     "pck: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n",
     "1:1: unknown key 'pck' | did you mean 'pack'?"},
    {"key twice",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    score: 11\n",
     "9:5: key 'score' is already there on line 8 | keep one of the two"},
    {"no condition",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    why: w\n    score: 10\n",
     "3:5: this rule has no 'when' | write a condition, e.g. lookalike.score >= 70"},
    {"no id",
     "pack: p\nrules:\n  - title: t\n    axis: identity\n    when: lookalike.score >= 70\n    why: w\n    "
     "score: 10\n",
     "3:5: this rule has no 'id' | write: id: pack.short-name"},
    {"no axis",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    when: lookalike.score >= 70\n    why: w\n    score: "
     "10\n",
     "3:5: this rule has no 'axis' | write: axis: identity, request or context"},
    {"no why",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "score: 10\n",
     "3:5: this rule has no 'why' | write a sentence for the clerk; facts stand in {}"},
    {"wrong axis",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identitty\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n",
     "5:11: 'identitty' is no axis | did you mean 'identity'?"},
    {"wrong state",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    enabled: true\n",
     "9:14: 'true' is no state | one of: on, monitor, off"},
    {"wrong severity",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    severity: urgent\n",
     "9:15: 'urgent' is no severity | one of: info, low, medium, high, critical"},
    {"wrong technique",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tags: [T1566, T156.02]\n",
     "9:19: 'T156.02' is no tag | ATT&CK techniques are written T1566 or T1566.002, own tags in small "
     "letters"},
    {"alone on the context axis",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: context\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    alone: true\n",
     "9:12: p.x is on the axis context, which decides nothing alone | remove it, or write: axis: identity, "
     "or: "
     "axis: request"},
    {"booster on the identity axis",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    booster: true\n",
     "9:14: p.x is a booster, which raises what others found: only context does that | remove it, or write: "
     "axis: "
     "context"},
    {"alone without tests",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    alone: true\n    tests:\n      - facts: {lookalike.score: 70}\n        "
     "hit: true\n",
     "9:12: p.x suffices alone, so it needs tests of what it hits and of what it does not | write one test "
     "with "
     "hit: true and one with hit: false"},
    {"alone is no word",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    alone: sometimes\n",
     "9:12: 'alone' must be true or false, not 'sometimes' | "},
    {"tags is no list",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tags: T1566\n",
     "9:11: 'tags' must be a list, not 'T1566' | write [a, b], or one '- item' a line below the key"},
    {"id twice",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= "
     "70\n    why: w\n    score: 10\n",
     "9:9: rule 'p.x' is already there: x.yaml:3 | give one of the two another id"},
    {"id is a fact",
     "pack: p\nrules:\n  - id: from.name\n    title: t\n    axis: identity\n    when: lookalike.score >= "
     "70\n    why: w\n    score: 10\n",
     "3:9: 'from.name' is the name of a fact | choose another id"},
    {"id in capitals",
     "pack: p\nrules:\n  - id: P.X\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n",
     "3:9: 'P.X' cannot be the id of a rule | small letters, digits, dots and hyphens; a letter first; at "
     "most 80"},
    {"score too high",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 101\n",
     "8:12: 'score' must be a whole number from -100 to 100, not '101' | "},
    {"score always too high",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 2 * count(boosters) + 101\n",
     "8:12: this score is always above 100 | a computed score lies between 0 and 100"},
    {"score is a word",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: high\n",
     "8:12: no fact and no rule is called 'high' | if it is a text, write \"high\"; `ringer rules facts` "
     "lists the facts"},
    {"score is a text fact",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: from.name\n",
     "8:12: a score is a number, but from.name is a text | numbers stand without quotes; texts are compared "
     "with == and !="},
    {"wrong placeholder",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: \"from {from.nme}\"\n    score: 10\n",
     "7:17: no fact is called 'from.nme' | did you mean 'from.name'?"},
    {"open placeholder",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: \"from {from.name\"\n    score: 10\n",
     "7:16: this { is not closed | close it with }; write {{ for the character itself"},
    {"stray }",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: from} x\n    score: 10\n",
     "7:14: this } closes nothing | write }} for the character itself"},
    {"quote begins the condition",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: \"urgency\" in boosters\n    "
     "why: w\n    score: 10\n",
     "6:21: not valid YAML: did not find expected key, while parsing a block mapping | keys of one mapping "
     "start in the same column; a value that begins with a quote must end with it: put all of it in '...'"},
    {"folded block",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: >-\n      lookalike.score >= "
     "70\n      and from.fremail\n    why: w\n    score: 10\n",
     "8:11: no fact and no rule is called 'from.fremail' | did you mean 'from.freemail'?"},
    {"literal block",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: | # why\n        "
     "lookalike.score >= 70\n\n          and   from.fremail\n    why: w\n    score: 10\n",
     "9:17: no fact and no rule is called 'from.fremail' | did you mean 'from.freemail'?"},
    {"double quotes with escapes",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: \"from.name == "
     "\\\"\\u0041\\\\\\\\\\\" and from.fremail\"\n    why: w\n    score: 10\n",
     "6:44: no fact and no rule is called 'from.fremail' | did you mean 'from.freemail'?"},
    {"single quotes over lines",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: 'from.name == ''x''\n      "
     "and from.fremail'\n    why: w\n    score: 10\n",
     "7:11: no fact and no rule is called 'from.fremail' | did you mean 'from.freemail'?"},
    {"plain over lines",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: from.name == \"é\"\n      "
     "and from.fremail\n    why: w\n    score: 10\n",
     "7:11: no fact and no rule is called 'from.fremail' | did you mean 'from.freemail'?"},
    {"test with an unknown fact",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - facts: {lookalike.scor: 70}\n        hit: true\n",
     "10:17: no fact is called 'lookalike.scor' | did you mean 'lookalike.score'?"},
    {"test with a wrong type",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - facts: {lookalike.score: many}\n        hit: true\n",
     "10:34: 'lookalike.score' must be a whole number from -1000000000 to 1000000000, not 'many' | "},
    {"test with a scalar for a list",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - facts: {boosters: urgency}\n        hit: true\n",
     "10:27: boosters is a list | write: [one, two]"},
    {"test without hit",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - facts: {lookalike.score: 70}\n",
     "10:9: a test needs 'hit' | write: hit: true, or: hit: false"},
    {"test of nothing",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - hit: true\n",
     "10:9: a test needs facts or a message | write: facts: {name: value}, or: message: file.eml"},
    {"test with facts and message",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {}, message: x.eml, hit: true}\n",
     "10:9: a test has facts or a message, not both | write: facts: {name: value}, or: message: file.eml"},
    {"why of a miss",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {}, hit: false, why: w}\n",
     "10:38: a rule that does not hit has no why and no score | remove it, or write: hit: true"},
    {"test fails: false",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {lookalike.score: 69}, hit: true}\n",
     "10:9: test of p.x: expected a hit, but the condition is false | "},
    {"test fails: unknown",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {}, hit: true}\n",
     "10:9: test of p.x: expected a hit, but the condition is unknown: no value for lookalike.score | give "
     "them in the test"},
    {"test fails: holds",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {lookalike.score: 70}, hit: false}\n",
     "10:9: test of p.x: expected no hit, but the condition holds | "},
    {"test fails: text",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {lookalike.score: 70}, hit: true, why: other}\n",
     "10:9: test of p.x: the text \"w\" does not contain \"other\" | "},
    {"test fails: score",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tests:\n      - {facts: {lookalike.score: 70}, hit: true, score: 11}\n",
     "10:9: test of p.x: the score is 10, not 11 | "},
    {"circle of three",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: p.y and from.freemail\n    "
     "why: w\n    score: 10\n  - {id: p.y, title: t, axis: request, when: not p.z, why: w, score: 1}\n  - "
     "{id: p.z, title: t, axis: request, when: p.x or from.freemail, why: w, score: 1}\n",
     "3:9: rules refer to each other in a circle: p.x -> p.y -> p.z -> p.x | take one of the references "
     "away"},
    {"no rules", "pack: p\n", "1:1: no 'rules:' in this file | write the rules as a list below 'rules:'"},
    {"rules is no list", "rules: 3\n",
     "1:8: 'rules' must be a list, not '3' | write [a, b], or one '- item' a line below the key"},
    {"a rule is no mapping", "rules: [3]\n",
     "1:9: this value must be a mapping, not '3' | write one 'key: value' a line, indented below the key"},
    {"version",
     "version: 0\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n   "
     " why: w\n    score: 10\n",
     "1:10: 'version' must be a whole number from 1 to 2147483647, not '0' | "},
    {"pack",
     "pack: My Pack\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= "
     "70\n    why: w\n    score: 10\n",
     "1:7: 'My Pack' cannot be the name of a pack | small letters, digits and hyphens; a letter first"},
    {"group",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    group: A group\n",
     "9:12: 'A group' cannot be the name of a group | small letters, digits and hyphens; a letter first"},
    {"tab", "rules:\n\t- id: x\n",
     "2:1: not valid YAML: found character that cannot start any token, while scanning for the next token | "
     "indent with blanks, not tabs; put text that starts with @, ` or % in quotes"},
    {"anchor",
     "pack: p\nrules:\n  - id: p.x\n    title: t\n    axis: identity\n    when: lookalike.score >= 70\n    "
     "why: w\n    score: 10\n    tags: &t [T1566]\n",
     "9:11: anchors (&name) are not allowed | write the value out at each place, or put text that starts "
     "with & in quotes"},
