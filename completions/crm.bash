# crm completion bash: put it where bash looks, or eval "$(crm completion bash)" in ~/.bashrc
_crm() {
  local IFS=$'\n' line found=()
  while read -r line; do
    if [[ $line == $'\tfiles' ]]; then compopt -o default; else found+=("${line%%$'\t'*}"); fi
  done < <(crm completion words --quoting bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  COMPREPLY=("${found[@]}")
  [[ ${#found[@]} -eq 0 || ${found[0]} != *[:=] ]] || compopt -o nospace
}
complete -F _crm crm
