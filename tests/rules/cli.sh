#!/bin/sh
# ringer rules: what it prints and how it ends.
. "${abs_top_srcdir:-.}/tests/tap.sh"
cat >"$dir/wrong.yaml" <<'END'
rules:
  - id: x.wrong
    title: t
    axis: identity
    when: >-
      from.freemail and
      lookalike.scor > 70
    why: w
    score: 10
END
cat >"$dir/right.yaml" <<'END'
rules:
  - {id: x.right, title: Right, axis: identity, when: from.freemail, why: w, score: 10}
END
cat >"$dir/fails.yaml" <<'END'
rules:
  - {id: x.fails, title: t, axis: identity, when: from.freemail, why: w, score: 10, tests: [{facts: {}, hit: true}]}
END
mkdir "$dir/empty" "$dir/two"
cp "$dir/right.yaml" "$dir/fails.yaml" "$dir/two"
says "the shipped rules are right" 0 "are right" "$ringer" rules check
says "a mistake is told with its place" 3 "wrong.yaml:7:7: error:" "$ringer" rules check "$dir/wrong.yaml"
says "its line is shown" 3 "    7 |       lookalike.scor > 70" "$ringer" rules check "$dir/wrong.yaml"
says "and what is meant" 3 "did you mean 'lookalike.score'?" "$ringer" rules check "$dir/wrong.yaml"
says "a rule without tests is only a warning" 0 "rule x.right has no tests" "$ringer" rules check "$dir/right.yaml"
says "a failing test fails the check" 3 "no value for from.freemail" "$ringer" rules check "$dir/fails.yaml"
says "test counts" 1 "1 tests, 1 failed" "$ringer" rules test "$dir/fails.yaml"
says "a folder is read" 0 "x.fails" "$ringer" rules list "$dir/two"
says "an empty folder is refused" 3 "no rules in this folder" "$ringer" rules check "$dir/empty"
says "a missing file is refused" 3 "cannot read the rules" "$ringer" rules check "$dir/none.yaml"
says "show tells all about a rule" 0 "  when      from.freemail" "$ringer" rules show x.right "$dir/right.yaml"
says "show tells whether a rule suffices alone" 0 "  alone     by score" "$ringer" rules show x.right "$dir/right.yaml"
says "show knows what was meant" 1 "did you mean 'x.right'?" "$ringer" rules show x.rihgt "$dir/right.yaml"
says "show needs an id" 2 "usage:" "$ringer" rules show
says "facts are listed" 0 "lookalike.score          int" "$ringer" rules facts
says "facts about a word" 0 "link.tunnel" "$ringer" rules facts tunnel
says "facts about nothing" 1 "no fact" "$ringer" rules facts qqq
says "help" 0 "usage: ringer rules COMMAND" "$ringer" rules --help
says "no command" 2 "usage:" "$ringer" rules
says "a wrong command" 2 "did you mean 'check'?" "$ringer" rules chekc
says "a wrong option" 2 "unknown option --foo" "$ringer" rules check --foo
printf 'From: a@b.example\nTo: c@d.example\nSubject: hello\n\nHello.\n' >"$dir/mail.eml"
cat >"$dir/new.yaml" <<'END'
rules:
  - {id: x.hello, title: t, axis: context, when: message.subject == "hello", why: w, score: 60}
END
says "try tells what differs" 0 "mail.eml: pass 0 -> tag 60" "$ringer" rules try -r "$dir/new.yaml" "$dir/mail.eml"
says "and why" 0 "+ x.hello (+60): w" "$ringer" rules try -r "$dir/new.yaml" "$dir/mail.eml"
says "and counts" 0 "  pass -> tag: 1" "$ringer" rules try -r "$dir/new.yaml" "$dir/mail.eml"
says "the rules in force stay with it" 0 "0 with another score" "$ringer" rules try -r "$dir/right.yaml" "$dir/mail.eml"
# an attack that is held by shipped rules is not let through by what is tried
attack=$top/tests/cases/scenarios/b04_en_vendor_bank.eml
says "try adds to the rules in force" 0 "0 with another score" "$ringer" rules try -r "$dir/right.yaml" "$attack"
says "or takes the files alone" 0 "-> pass 0" "$ringer" rules try --only -r "$dir/right.yaml" "$attack"
cp "$top/rules/payment.yaml" "$dir/payment.yaml"
says "a file takes the place of the one of its name" 0 "0 with another score" "$ringer" rules try -r "$dir/payment.yaml" "$attack"
printf 'Subject: =?utf-8?Q?Rechnung_f=C3=BCr_M=C3=A4rz?=\nFrom: =?utf-8?B?SsO8cmdlbiBNw7xsbGVy?= <a@b.example>\nTo: c@d.example\n\nHallo.\n' >"$dir/encoded.eml"
cat >"$dir/encoded.yaml" <<END
rules:
  - id: x.encoded
    title: t
    axis: context
    when: message.subject == "Rechnung für März" and from.name == "Jürgen Müller"
    why: w
    score: 60
    tests: [{message: encoded.eml, hit: true}]
END
for command in check test; do
    says "rules $command reads encoded headers" 0 "1" "$ringer" rules $command "$dir/encoded.yaml"
done
says "rules try reads encoded headers" 0 "encoded.eml: pass 20 -> tag 80" "$ringer" rules try -r "$dir/encoded.yaml" "$dir/encoded.eml"
says "rules profile reads encoded headers" 0 "1 messages," "$ringer" rules profile -r "$dir/encoded.yaml" "$dir/encoded.eml"
printf 'rules:\n  packs: [%s]\n  disabled: [links.tunnel]\n' "$dir/right.yaml" >"$dir/own.yaml"
says "list has the rules in force" 0 "x.right" "$ringer" rules list -c "$dir/own.yaml"
says "and the shipped ones" 0 "payment.bank-change" "$ringer" rules list -c "$dir/own.yaml"
says "and those that are switched off" 0 " off " "$ringer" rules list -c "$dir/own.yaml"
says "show knows them, too" 0 "right.yaml:2" "$ringer" rules show x.right --config="$dir/own.yaml"
says "check takes them" 0 "rule x.right has no tests" "$ringer" rules check -c "$dir/own.yaml"
# the shipped rules are those that Ringer was built with
mkdir "$dir/data" && cp -R "$top/rules" "$top/data" "$dir/data/"
sed -i 's/score: 70/score: 1/' "$dir/data/rules/payment.yaml"
sed 's/x.right/x.stranger/' "$dir/right.yaml" >"$dir/data/rules/stranger.yaml"
changed() { RINGER_DATADIR=$dir/data "$ringer" rules check -c "$dir/own.yaml"; }
says "a shipped file that was changed is told" 0 "payment.yaml is not the file that this Ringer was built with" changed
says "so is one that does not belong there" 0 "stranger.yaml does not belong" changed
rm "$dir/data/rules/stranger.yaml" "$dir/data/rules/payroll.yaml"
says "and one that is missing" 0 "payroll.yaml" changed
says "try needs new rules" 2 "name the new rules with -r" "$ringer" rules try "$dir/mail.eml"
says "wrong new rules are refused" 3 "did you mean" "$ringer" rules try -r "$dir/wrong.yaml" "$dir/mail.eml"
says "profile counts hits" 0 "1 messages," "$ringer" rules profile -r "$dir/new.yaml" "$dir/mail.eml"
says "a path that cannot be read" 1 "none" "$ringer" rules profile "$dir/none"
cat >"$dir/off.yaml" <<'END'
rules:
  - {id: x.off, title: t, axis: context, when: from.freemail, why: w, score: 1, enabled: off}
  - {id: x.uses, title: t, axis: context, when: x.off or message.list, why: w, score: 1}
END
says "a reference to a rule that is off is told" 0 "rule x.uses refers to x.off, which is off" \
    "$ringer" rules check "$dir/off.yaml"
cat >"$dir/mails.yaml" <<'END'
rules:
  - id: x.mail
    title: t
    axis: context
    when: message.subject == "hello"
    why: "{from.address}"
    score: 1
    tests:
      - {message: mail.eml, hit: true, why: a@b.example}
      - {message: mail.eml, hit: false}
      - {message: gone.eml, hit: true}
END
says "message files are judged" 1 "3 tests, 2 failed" "$ringer" rules test "$dir/mails.yaml"
says "a wrong one is told" 3 "mails.yaml:10:9: error: test of x.mail:" "$ringer" rules check "$dir/mails.yaml"
says "so is a missing one" 3 "cannot read $dir/gone.eml" "$ringer" rules check "$dir/mails.yaml"
# Every rule that stands in the manual is right.
awk '/^\.Ed/ { copy = 0 } copy { print } /^\.Bd -literal/ { getline; if (/^(pack:|- id:)/) { copy = 1; print } }' \
    "${abs_top_srcdir:-.}/man/ringer-rules.5" >"$dir/manual"
{ sed '/^- id/,$d' "$dir/manual"; sed -n '/^- id/,$p' "$dir/manual" | sed 's/^/  /'; } >"$dir/manual.yaml"
says "the manual's four examples are right" 0 "4 rules and their 2 tests are right" \
    "$ringer" rules check "$dir/manual.yaml"
done_testing
