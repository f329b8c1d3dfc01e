# Restart the unit $oec_unit of the $oec_scope and see it run. A step of its own, with
# the release's variables, so its names are chosen not to meet them.

# These are known to pipeline/shell.py.
oec_cannot_load=71
oec_no_sudo=72
oec_no_manager=73
oec_no_systemd=74

oec_main() {
    export LC_ALL=C
    command -v systemctl >/dev/null 2>&1 || exit "$oec_no_systemd"
    if [ "$oec_scope" = user ]; then
        export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
        oec_stays_up || exit "$oec_no_manager"
    fi
    oec_since=$(date +%s)
    oec_said=$(oec_restart 2>&1) || oec_refused
    [ -z "$oec_said" ] || printf '%s\n' "$oec_said"
    oec_wait || oec_failed
    echo "$oec_unit is active."
}

# Without lingering an account's services end soon after its last connection.
oec_stays_up() {
    oec_linger=$(loginctl show-user "$(id -un)" --property=Linger --value 2>&1) || :
    [ "$oec_linger" != no ] && return 0
    echo "Linger=no: the services of $(id -un) end when it signs out."
    return 1
}

oec_restart() {
    if [ "$oec_scope" = user ]; then
        systemctl --user restart "$oec_unit"
    elif [ "$(id -u)" -eq 0 ]; then
        systemctl restart "$oec_unit"
    else
        sudo -n systemctl restart "$oec_unit"
    fi
}

oec_refused() {
    printf '%s\n' "$oec_said"
    case $oec_said in
    "Job for "*) oec_failed ;;
    *"not been booted with systemd"* | *"to system scope bus"*)
        exit "$oec_no_systemd"
        ;;
    *"connect to bus"* | *"to user scope bus"*) exit "$oec_no_manager" ;;
    *" not found." | *" is masked." | *" bad unit file setting"*)
        exit "$oec_cannot_load"
        ;;
    *sudo* | *"is not allowed to"* | *"uthentication required"* | *"ccess denied"*)
        exit "$oec_no_sudo"
        ;;
    esac
    oec_failed
}

# Active three times in a row: what ends right after its start looks active for a
# moment. What restarts by itself is "activating" in between.
oec_wait() {
    oec_seen=0
    oec_asked=0
    while [ "$oec_seen" -lt 3 ]; do
        [ "$oec_asked" -lt 50 ] || return 1
        [ "$oec_asked" -eq 0 ] || sleep 0.2
        oec_asked=$((oec_asked + 1))
        case $(oec_state) in
        active) oec_seen=$((oec_seen + 1)) ;;
        failed | inactive) return 1 ;;
        *) oec_seen=0 ;;
        esac
    done
}

# With what the service itself has printed since, as far as this account may read it.
oec_failed() {
    oec_ask status --no-pager --lines=0 || :
    oec_journal --since="@$oec_since" --lines=50 --output=cat --quiet --no-pager || :
    echo "The unit $oec_unit is $(oec_state) after its restart."
    exit 1
}

oec_state() {
    oec_ask is-active || :
}

oec_ask() {
    case $oec_scope in
    user) systemctl --user "$@" "$oec_unit" ;;
    *) systemctl "$@" "$oec_unit" ;;
    esac 2>&1
}

oec_journal() {
    case $oec_scope in
    user) journalctl --user-unit="$oec_unit" "$@" ;;
    *) journalctl --unit="$oec_unit" "$@" ;;
    esac 2>&1
}

oec_main
