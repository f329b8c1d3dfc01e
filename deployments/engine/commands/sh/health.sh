# Ask until the release is healthy or the time is over. Runs with the release's own
# variables, so its names are chosen not to meet them. A command that hangs is ended
# from outside, with all that it started.

oec_is_healthy() {
    [ -z "$oec_url" ] || oec_url_answers || return 1
    [ -z "$oec_command" ] || oec_command_succeeds || return 1
}

oec_command_succeeds() {
    sh -e "${0%/*}/probe" >"${0%/*}/said" 2>&1 && return 0
    oec_said=$(cat "${0%/*}/said")
    [ "$oec_said" = "$oec_last" ] || printf '%s\n' "$oec_said"
    oec_last=$oec_said
    return 1
}

[ -z "$oec_url" ] || oec_need_client
[ -z "$oec_command" ] || printf '%s\n' "$oec_command" >"${0%/*}/probe"
oec_end=$(($(date +%s) + oec_seconds))
oec_tries=0
oec_note_started
until oec_is_healthy; do
    [ "$(date +%s)" -lt "$oec_end" ] || oec_give_up
    ! oec_has_ended || { oec_tell_end && exit 7; }
    ! oec_grace_is_over || { oec_tell_grace && exit 1; }
    oec_tries=$((oec_tries + 1))
    if [ "$oec_tries" -le 10 ]; then sleep 0.1; else sleep 0.5; fi
done
echo healthy
