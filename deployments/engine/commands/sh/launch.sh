# launch STEP FILES DIRECTORY: run STEP/script in DIRECTORY with the environment of FILES.
# Leaves the exit code in STEP/result. Whoever waits for the end waits for the lock on
# descriptor 8, which the kernel gives up even when this shell is killed.

# The marker is how what the step starts is found again, wherever it goes.
(. "$2/environment" && read -r OEC_STEP <"$1/marker" && export OEC_STEP &&
    cd "$3" && exec sh -e "$1/script") 8>&-
code=$?
printf '%s\n' "$code" >"$1/result.new" && mv -f "$1/result.new" "$1/result"
