# Ask until the container is healthy, has ended, or the time is over.

oec_is_healthy() {
    set -- $(docker inspect --format "$oec_state" "$oec_name")
    [ "$1" = running ] || oec_has_ended "$2"
    [ "${3:-}" != unhealthy ] || oec_is_unhealthy
    [ "${3:-}" != starting ] || return 1
    [ -z "$oec_url" ] || oec_container_answers || return 1
    [ -z "$oec_command" ] || oec_command_succeeds || return 1
    # Without any check, staying alive for a while has to do.
    [ -n "$oec_url$oec_command${3:-}" ] || [ "$oec_tries" -ge 20 ]
}

oec_state='{{.State.Status}} {{.State.ExitCode}}
{{with .State.Health}}{{.Status}}{{end}}'

oec_has_ended() {
    docker logs --tail 100 "$oec_name" 2>&1 || :
    echo "The container ended with exit code $1."
    exit 3
}

oec_is_unhealthy() {
    docker logs --tail 20 "$oec_name" 2>&1 || :
    docker inspect --format '{{range .State.Health.Log}}{{println .Output}}{{end}}' \
        "$oec_name" | sed '/^$/d' | tail -n 5
    exit 4
}

oec_container_answers() {
    case $oec_url in
    *://container[:/]* | *://container) oec_find_address || return 1 ;;
    esac
    oec_url_answers
}

oec_find_address() {
    oec_address=$(docker inspect --format "$oec_addresses" "$oec_name")
    oec_address=${oec_address%% *}
    [ -n "$oec_address" ] || oec_address=127.0.0.1
    oec_url=$(printf '%s' "$oec_url" | sed "s|://container|://$oec_address|")
}

oec_addresses='{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'

oec_command_succeeds() {
    oec_said=$(docker exec --env OEC_COMMAND "$oec_name" sh -ec 'eval "$OEC_COMMAND"' \
        2>&1) && return 0
    [ "$oec_said" = "$oec_last" ] || printf '%s\n' "$oec_said"
    oec_last=$oec_said
    return 1
}

[ -z "$oec_url" ] || oec_need_client
export OEC_COMMAND="$oec_command"
oec_end=$(($(date +%s) + oec_seconds))
oec_tries=0
until oec_is_healthy; do
    if [ "$(date +%s)" -ge "$oec_end" ]; then
        docker logs --tail 20 "$oec_name" 2>&1 || :
        [ -z "$oec_url" ] || oec_tell
        [ -z "${oec_said:-}" ] || printf '%s\n' "$oec_said"
        oec_give_up
    fi
    if oec_grace_is_over; then
        docker logs --tail 20 "$oec_name" 2>&1 || :
        oec_tell_grace
        exit 1
    fi
    oec_tries=$((oec_tries + 1))
    sleep 0.1
done
echo healthy
