# Whether what was started is proven to have ended, so that nobody need wait for it. A
# refused port is no proof, nor is a process that cleared its environment, belongs to
# another account or to a supervisor: what may be the application is waited for. Runs
# with the release's own variables, so its names are chosen not to meet them.

oec_seen=
oec_ended_at=

# Remember who carries the marker of this deployment's activate or restart command, also
# those that have ended since these were over.
oec_note_started() {
    [ -n "$oec_steps" ] && [ -z "$oec_unit" ] || return 0
    for oec_member in $(cat "$oec_steps"/*/running 2>/dev/null); do
        oec_note "$oec_member"
    done
    for oec_number in $(oec_carriers); do
        ! oec_read_stat "$oec_number" || oec_note "$oec_number:$oec_start"
    done
}

oec_note() {
    case "$oec_seen " in *" $1 "*) ;; *) oec_seen="$oec_seen $1" ;; esac
}

# It has to look so for seconds: a unit or a supervisor may just be about to start it
# again.
oec_has_ended() {
    [ -n "$oec_steps" ] || return 1
    oec_clock=$(date +%s)
    if [ -n "$oec_unit" ]; then oec_unit_ended; else oec_processes_ended; fi || {
        oec_ended_at=
        return 1
    }
    oec_ended_at=${oec_ended_at:-$oec_clock}
    [ $((oec_clock - oec_ended_at)) -ge 3 ]
}

oec_tell_end() {
    echo "$oec_what, $((oec_ended_at - oec_end + oec_seconds)) s after the check began"
}

oec_unit_ended() {
    case $oec_scope in
    user) oec_state=$(XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" \
        systemctl --user is-active "$oec_unit" 2>/dev/null) ;;
    *) oec_state=$(systemctl is-active "$oec_unit" 2>/dev/null) ;;
    esac
    oec_what="the unit $oec_unit is $oec_state"
    [ "$oec_state" = failed ] || [ "$oec_state" = inactive ]
}

oec_processes_ended() {
    [ -n "$oec_seen" ] && [ -r /proc/1/stat ] || return 1
    [ -z "$oec_url" ] || oec_port_refuses || return 1
    oec_numbers=
    for oec_member in $oec_seen; do
        ! oec_read_stat "${oec_member%:*}" ||
            [ "$oec_start" != "${oec_member#*:}" ] || return 1
        oec_numbers="$oec_numbers${oec_numbers:+, }${oec_member%:*}"
    done
    oec_what="all that the restart had started (pid $oec_numbers) has ended"
    [ -z "$(oec_carriers)" ] && oec_nothing_younger
}

oec_carriers() {
    for oec_environ in $(grep -lsF -e "OEC_STEP=$oec_deployment/activate/" \
        -e "OEC_STEP=$oec_deployment/restart/" /proc/[0-9]*/environ); do
        oec_environ=${oec_environ%/environ}
        echo "${oec_environ#/proc/}"
    done
}

# Whether no process that began since may be the application under another guise.
oec_nothing_younger() {
    oec_since=
    for oec_part in activate restart; do
        [ -n "$oec_since" ] || [ ! -s "$oec_steps/$oec_part/pid" ] ||
            read -r _ oec_since _ <"$oec_steps/$oec_part/pid"
    done
    case $oec_since in '' | *[!0-9]*) return 1 ;; esac
    for oec_directory in /proc/[0-9]*; do
        oec_read_stat "${oec_directory#/proc/}" || continue
        [ "$oec_start" -ge "$oec_since" ] || continue
        # The check itself, and threads of the kernel.
        case $oec_session:$oec_parent in "$$":* | "$PPID":* | *:2) continue ;; esac
        ! oec_may_be_it || return 1
    done
}

# It runs in a release or names the deploy path, or nobody may see where it runs.
oec_may_be_it() {
    oec_where=$(readlink "$oec_directory/cwd") || { [ -e "$oec_directory" ] && return 0; }
    case $oec_where/ in "$oec_path"/releases/*) return 0 ;; esac
    case $(readlink "$oec_directory/exe") in "$oec_path"/*) return 0 ;; esac
    tr '\0' ' ' <"$oec_directory/cmdline" 2>/dev/null | grep -qF -e "$oec_path/"
}

# Parent, session and start of a process that lives.
oec_read_stat() {
    { read -r oec_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    set -- ${oec_stat##*) }
    oec_parent=$2 oec_session=$4 oec_start=${20}
    case $1 in Z | X) return 1 ;; esac
}
