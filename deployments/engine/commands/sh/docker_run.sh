# Start the release's container. Its name is noted first: who comes after a crash finds
# it there.

printf '%s\n' "$oec_name" >"$oec_files/container"
docker rm --force "$oec_name" >/dev/null 2>&1 || :
for oec_file in "$oec_private"/releases/*/container; do
    [ -n "$oec_gap" ] && [ -s "$oec_file" ] || continue
    read -r oec_other <"$oec_file"
    [ "$oec_other" != "$oec_name" ] || continue
    echo "Stopping $oec_other, which has the port."
    docker stop --time "$oec_stop_seconds" "$oec_other" >/dev/null 2>&1 || :
done
docker run "$@"
