/** What a shell needs to complete `crm`: it asks `crm completion words` for what may come next. */

const bash = `# crm completion bash: put it where bash looks, or eval "$(crm completion bash)" in ~/.bashrc
_crm() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local found IFS=$'\\n'
  found=($(crm completion words -- "\${words[@]:1}" 2>/dev/null | cut -f1))
  # Bash takes : and = for ends of words, and replaces only what comes after them.
  local last=\${words[\${#words[@]}-1]}
  local before=\${last%"\${last##*[:=]}"}
  COMPREPLY=("\${found[@]#"$before"}")
  [[ \${#found[@]} -eq 0 || \${found[0]} != *[:=] ]] || compopt -o nospace
}
complete -o default -F _crm crm
`;

const zsh = `#compdef crm
# crm completion zsh: put it as _crm where $fpath looks, or source it in ~/.zshrc after compinit
_crm() {
  local line value
  local -a ends opens shownEnds shownOpens
  for line in "\${(@f)$(crm completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    [[ -n $value ]] || continue
    if [[ $value == *[:=] ]]; then
      opens+=("$value"); shownOpens+=("$value  \${line#*$'\\t'}")
    else
      ends+=("$value"); shownEnds+=("$value  \${line#*$'\\t'}")
    fi
  done
  (( \${#ends} + \${#opens} )) || { _files; return }
  (( \${#ends} )) && compadd -V crm -d shownEnds -a ends
  (( \${#opens} )) && compadd -V crm -S '' -d shownOpens -a opens
  return 0
}
if [[ $funcstack[1] == _crm ]]; then _crm "$@"; else compdef _crm crm; fi
`;

const fish = `# crm completion fish: put it into ~/.config/fish/completions/crm.fish
function __crm_words
    set -l found (crm completion words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c crm -f -a '(__crm_words)'
`;

/** By shell, and the file in `completions/` that has the same. */
export const scripts: Readonly<Record<string, { readonly file: string; readonly text: string }>> = {
  bash: { file: 'crm.bash', text: bash },
  zsh: { file: '_crm', text: zsh },
  fish: { file: 'crm.fish', text: fish },
};
