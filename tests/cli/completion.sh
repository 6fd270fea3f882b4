#!/bin/sh
# The shell completions know every command and its options.
. "${abs_top_srcdir:-.}/tests/tap.sh"
command -v bash >/dev/null || skip_all "bash is not installed"
ringer_bash() { # words of the line; prints what is offered for the last
    bash -c '. "$0" && COMP_WORDS=(ringer "$@") && COMP_CWORD=$# && _ringer && printf "%s\n" "${COMPREPLY[@]}"' \
        "$build/contrib/completion/ringer" "$@"
}
says "a command" 0 quarantine ringer_bash qua
says "a command of a command" 0 release ringer_bash quarantine rel
says "an option" 0 --no-attachments ringer_bash scan --no
ringer_bash '' >"$dir/out"
"$ringer" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' >"$dir/commands"
ok "every command is offered" sh -c "[ -s '$dir/commands' ] && ! grep -vxF -f '$dir/out' '$dir/commands'"
missing=
while read -r command; do
    ringer_bash "$command" -- >"$dir/offered"
    "$ringer" "$command" --help | grep -o -- '--[a-z][a-z-]*' | sort -u >"$dir/options"
    grep -qvxF -f "$dir/offered" "$dir/options" && missing="$missing $command"
done <"$dir/commands"
ok "every option is offered ($missing )" [ -z "$missing" ]
if command -v zsh >/dev/null; then
    ok "zsh reads its completion" zsh -n "$build/contrib/completion/_ringer"
    # it completes in a terminal only
    cat >"$dir/complete.zsh" <<EOF
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($build/contrib/completion \\\$fpath); autoload -U compinit; compinit -u -d $dir/zcompdump; echo read''y"
zpty -r shell text '*ready*'
zpty -w -n shell "ringer quarantine rel"\$'\t'
zpty -r shell text '*release*'
print -r -- "\$text"
EOF
    says "zsh completes" 0 release timeout 60 zsh -f "$dir/complete.zsh"
else
    skip "zsh completes" "zsh is not installed"
fi
done_testing
