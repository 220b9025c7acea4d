# crm completion bash: put it where bash looks, or eval "$(crm completion bash)" in ~/.bashrc
_crm() {
  local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local found IFS=$'\n'
  found=($(crm completion words -- "${words[@]:1}" 2>/dev/null | cut -f1))
  # Bash takes : and = for ends of words, and replaces only what comes after them.
  local last=${words[${#words[@]}-1]}
  local before=${last%"${last##*[:=]}"}
  COMPREPLY=("${found[@]#"$before"}")
  [[ ${#found[@]} -eq 0 || ${found[0]} != *[:=] ]] || compopt -o nospace
}
complete -o default -F _crm crm
