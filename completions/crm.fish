# crm completion fish: put it into ~/.config/fish/completions/crm.fish
function __crm_words
    set -l found (crm completion words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c crm -f -a '(__crm_words)'
