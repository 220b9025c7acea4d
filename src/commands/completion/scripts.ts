/** The scripts that make shells complete `crm`: each asks `crm completion words` for the candidates. */

const bash = `# crm completion bash: put it where bash looks, or eval "$(crm completion bash)" in ~/.bashrc
_crm() {
  local IFS=$'\\n' line found=()
  while read -r line; do
    if [[ $line == $'\\tfiles' ]]; then compopt -o default; else found+=("\${line%%$'\\t'*}"); fi
  done < <(crm completion words --quoting bash -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  COMPREPLY=("\${found[@]}")
  [[ \${#found[@]} -eq 0 || \${found[0]} != *[:=] ]] || compopt -o nospace
}
complete -F _crm crm
`;

const zsh = `#compdef crm
# crm completion zsh: put it as _crm where $fpath looks, or source it in ~/.zshrc after compinit
_crm() {
  local line value width=0 files=0
  local -a lines ends opens shownEnds shownOpens
  lines=("\${(@f)$(crm completion words --quoting zsh -- "\${(@Q)words[2,CURRENT-1]}" "$QIPREFIX$PREFIX" 2>/dev/null)}")
  for line in $lines; do
    value=\${line%%$'\\t'*}
    (( \${#value} > width )) && width=\${#value}
  done
  for line in $lines; do
    value=\${line%%$'\\t'*}
    if [[ $line == $'\\tfiles' ]]; then
      files=1
    elif [[ $value == *[:=] ]]; then
      opens+=("$value"); shownOpens+=("\${(r:width:)value}  \${line#*$'\\t'}")
    elif [[ -n $value ]]; then
      ends+=("$value"); shownEnds+=("\${(r:width:)value}  \${line#*$'\\t'}")
    fi
  done
  (( files )) && _files
  (( \${#ends} )) && compadd -l -V crm -d shownEnds -a ends
  (( \${#opens} )) && compadd -l -V crm -S '' -d shownOpens -a opens
  (( files + \${#ends} + \${#opens} ))
}
if [[ $funcstack[1] == _crm ]]; then _crm "$@"; else compdef _crm crm; fi
`;

const fish = `# crm completion fish: put it into ~/.config/fish/completions/crm.fish
function __crm_words
    for line in (crm completion words --quoting fish -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
        if test $line = \\tfiles
            __fish_complete_path (commandline -ct)
        else
            printf '%s\\n' $line
        end
    end
end
complete -c crm -f -a '(__crm_words)'
`;

/** The script of each shell, and the name of its copy in the directory `completions/` of the package. */
export const scripts: Readonly<Record<string, { readonly file: string; readonly text: string }>> = {
  bash: { file: 'crm.bash', text: bash },
  zsh: { file: '_crm', text: zsh },
  fish: { file: 'crm.fish', text: fish },
};
