# Bash completion for iopath. Commands, options and names are asked of the program, so that they are those of
# the installed version.

_iopath_commands() { iopath --help 2> /dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; }

# Options of one command, those with an argument as --name=.
_iopath_options() {
    iopath "$1" --help 2> /dev/null | sed -n '/^Options:/,/^$/s/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p'
}

# Names of one kind of the catalog, or of one cost set: the first column, which never needs quotes.
_iopath_names() { iopath list "$@" --format csv 2> /dev/null | sed -e 1d -e 's/,.*//'; }

# Completes the last name of a comma-separated list, its text before what to list: WORD KIND [NAME].
_iopath_list_of() {
    local done=
    [[ $1 == *,* ]] && done=${1%,*},
    mapfile -t COMPREPLY < <(compgen -P "$done" -W "$(_iopath_names "${@:2}")" -- "${1##*,}")
    compopt -o nospace 2> /dev/null
}

_iopath_files() {
    local pattern=$1 word=$2
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -S / -- "$word" || true; compgen -f -X "!$pattern" -- "$word")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then compopt -o nospace 2> /dev/null; fi
}

_iopath_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }

_iopath_argument() { # of option $1, begun as $2
    case $1 in
    --modes) _iopath_list_of "$2" modes ;;
    --instances) _iopath_list_of "$2" instances ;;
    --format) _iopath_words "table json csv" "$2" ;;
    --direction) _iopath_words "transmit receive" "$2" ;;
    --kind) _iopath_words "bars scaling latency breakdown heatmap timeline validation" "$2" ;;
    --rows) _iopath_words "flows instances resources racks epochs" "$2" ;;
    --scenario)
        _iopath_words "$(_iopath_names scenarios)" "$2"
        _iopath_files '*.@(yaml|yml)' "$2"
        ;;
    --plot) _iopath_files '*.@(svg|png|pdf)' "$2" ;;
    --fit) _iopath_list_of "$2" costs ec2-ivybridge ;;
    --base)
        _iopath_words "$(_iopath_names costs)" "$2"
        _iopath_files '*.@(yaml|yml)' "$2"
        ;;
    -o | --output | --exits | --trace | --store) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    *) COMPREPLY=() ;;
    esac
}

_iopath_operand() { # of command $1, begun as $2, after $3
    case $1 in
    explain) _iopath_words "$(_iopath_names modes) $(_iopath_names scenarios)" "$2" ;;
    run | compare | estimate | sensitivity | fleet | check) _iopath_words "$(_iopath_names scenarios)" "$2" ;;
    plan) _iopath_words "$(_iopath_names demands)" "$2" ;;
    calibrate)
        _iopath_files '*.csv' "$2"
        return
        ;;
    plot | report)
        _iopath_files '*.@(db|json)' "$2"
        return
        ;;
    claims) _iopath_words "$(_iopath_names scenarios | sed -n 's|^claims/||p')" "$2" ;;
    list)
        if [[ $3 == costs || $3 == prices ]]; then
            _iopath_words "$(_iopath_names "$3")" "$2"
        else
            _iopath_words "modes instances hosts nics disks costs switches workloads scenarios prices demands" "$2"
        fi
        return
        ;;
    *) return ;;
    esac
    _iopath_files '*.@(yaml|yml)' "$2"
}

_iopath() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} shopt_extglob
    COMPREPLY=()
    shopt_extglob=$(shopt -p extglob || true)
    shopt -s extglob
    # --format=js comes as the three words --format, =, js
    if [[ $word == '=' ]]; then
        word=''
    elif [[ $before == '=' ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD == 1)); then
        _iopath_words "$(_iopath_commands) --help --version" "$word"
    elif [[ $command == help ]]; then
        _iopath_words "$(_iopath_commands)" "$word"
    elif [[ $before == --*([a-z-]) || $before == -o ]] && [[ $before != --help && $before != --sources && $before != --robust ]]; then
        _iopath_argument "$before" "$word"
    elif [[ $word == -* ]]; then
        _iopath_words "$(_iopath_options "$command")" "$word"
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
    else
        _iopath_operand "$command" "$word" "$before"
    fi
    eval "$shopt_extglob"
}

complete -F _iopath iopath
