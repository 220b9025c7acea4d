# crm completion fish: put it into ~/.config/fish/completions/crm.fish
function __crm_words
    for line in (crm completion words --quoting fish -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
        if test $line = \tfiles
            __fish_complete_path (commandline -ct)
        else
            printf '%s\n' $line
        end
    end
end
complete -c crm -f -a '(__crm_words)'
