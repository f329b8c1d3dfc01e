# Become the step: its script, with the environment of its release and in its folder.

main() {
    # Where the script lies, said without the name of the application.
    oec_script=/proc/$PPID/cwd/script
    [ -r "$oec_script" ] || oec_script=$oec_step/script
    oec_first=
    read -r oec_first <script || :
    read -r OEC_STEP <marker
    . "$oec_files/environment" && cd "$oec_directory" || exit
    export OEC_STEP
    choose_interpreter
}

# The first line of a script may name who runs it, as everywhere.
choose_interpreter() {
    set -f
    case $oec_first in
    '#!'*[!\ ]*) set -- $(printf '%s' "${oec_first#??}" | tr -d '\r') ;;
    *) set -- sh -e ;;
    esac
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "The first line of the command names an interpreter that is not here:"
        echo "$1: not found"
        exit 127
    fi
    exec "$@" "$oec_script"
}

main </dev/null
