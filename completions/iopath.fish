# Fish completion for iopath. Commands, options and names are asked of the program, so that they are those of
# the installed version.

function __iopath_commands
    iopath --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end

function __iopath_names
    iopath list $argv --format csv 2>/dev/null | sed -e 1d -e 's/,.*//'
end

# The last of a comma-separated list.
function __iopath_list_of
    set -l begun (string replace -r '^--[a-z]*=' '' -- (commandline -ct))
    set -l before (string match -r '.*,' -- $begun)
    for name in (__iopath_names $argv)
        echo "$before$name"
    end
end

function __iopath_options
    set -l words (commandline -opc)
    iopath $words[2] --help 2>/dev/null | sed -n '/^Options:/,/^$/s/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p'
end

function __iopath_command_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

function __iopath_command_is_last
    set -l words (commandline -opc)
    test "$words[-1]" = $argv[1]
end

complete -c iopath -f
complete -c iopath -n __fish_use_subcommand -a '(__iopath_commands)'
complete -c iopath -n __fish_use_subcommand -l help -d 'how to use it'
complete -c iopath -n __fish_use_subcommand -l version -d 'its version'
complete -c iopath -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -a '(__iopath_options)'
complete -c iopath -n '__iopath_command_is compare' -l modes -x -a '(__iopath_list_of modes)'
complete -c iopath -n '__iopath_command_is compare' -l instances -x -a '(__iopath_list_of instances)'
complete -c iopath -n '__iopath_command_is compare sensitivity plan fleet' -l plot -r -F
complete -c iopath -n '__iopath_command_is run compare explain estimate sensitivity calibrate claims plan fleet list bench' -l format -x -a 'table json csv'
complete -c iopath -n '__iopath_command_is run compare explain estimate sensitivity calibrate claims plan fleet list bench' -s o -l output -r -F
complete -c iopath -n '__iopath_command_is plot report' -s o -l output -r -F
complete -c iopath -n '__iopath_command_is plot report' -k -a '(__fish_complete_suffix .db .json)'
complete -c iopath -n '__iopath_command_is plot' -l kind -x -a 'bars scaling latency breakdown heatmap timeline validation'
complete -c iopath -n '__iopath_command_is fleet' -l rows -x -a 'flows instances resources racks epochs'
complete -c iopath -n '__iopath_command_is fleet' -l store -r -F
complete -c iopath -n '__iopath_command_is fleet' -l trace -r -F
complete -c iopath -n '__iopath_command_is plot' -l scenario -x -a '(__iopath_names scenarios)'
complete -c iopath -n '__iopath_command_is calibrate' -l fit -x -a '(__iopath_list_of costs ec2-ivybridge)'
complete -c iopath -n '__iopath_command_is calibrate' -l base -x -a '(__iopath_names costs)'
complete -c iopath -n '__iopath_command_is calibrate' -l exits -r -F
complete -c iopath -n '__iopath_command_is calibrate' -k -a '(__fish_complete_suffix .csv)'
complete -c iopath -n '__iopath_command_is explain' -l direction -x -a 'transmit receive'
complete -c iopath -n '__iopath_command_is run compare explain estimate sensitivity fleet check' -a '(__iopath_names scenarios)'
complete -c iopath -n '__iopath_command_is run compare explain estimate sensitivity fleet check' -k -a '(__fish_complete_suffix .yaml)'
complete -c iopath -n '__iopath_command_is plan' -a '(__iopath_names demands)'
complete -c iopath -n '__iopath_command_is plan' -k -a '(__fish_complete_suffix .yaml)'
complete -c iopath -n '__iopath_command_is claims' -a '(__iopath_names scenarios | string replace -rf "^claims/" "")'
complete -c iopath -n '__iopath_command_is claims' -k -a '(__fish_complete_suffix .yaml)'
complete -c iopath -n '__iopath_command_is explain' -a '(__iopath_names modes)'
complete -c iopath -n '__iopath_command_is list; and __iopath_command_is_last costs' -a '(__iopath_names costs)'
complete -c iopath -n '__iopath_command_is list; and __iopath_command_is_last prices' -a '(__iopath_names prices)'
complete -c iopath -n '__iopath_command_is list; and __iopath_command_is_last list' -a 'modes instances hosts nics disks costs switches workloads scenarios prices demands'
