# Ending what a step has started, wherever it went: the step's process group and session,
# all that descends from them, and whoever carries the step's marker in its environment.
# timeout, job control and setsid leave the group, daemons the family, sudo the account.

# End the step in directory $1, with $2 tenths of a second between TERM and KILL. What a
# step left behind that came to its own end is a service and not touched. 1 when somebody
# lives on, whom $left then names.
end_step() {
    touch "$1/stop" 2>/dev/null || :
    [ ! -e "$1/result" ] || [ -e "$1/given-up" ] || return 0
    end_all "$1" "$2"
}

# As end_step, whether the step came to its own end or not.
end_all() {
    touch "$1/given-up" 2>/dev/null || :
    group='' started='' boot='' marker='' known='' left=''
    [ ! -s "$1/pid" ] || read -r group started boot <"$1/pid"
    [ ! -s "$1/marker" ] || read -r marker <"$1/marker"
    [ ! -s "$1/left" ] || read -r known <"$1/left"
    known=" $known "
    find_own
    if end_by TERM "$2" || end_by KILL 50; then
        rm -f "$1/left"
        return 0
    fi
    left=$(name_members)
    write "$1/left" "$members"
    return 1
}

# Send the signal $1 once to each process of the step, also to those that appear
# meanwhile; 1 when any is there after $2 tenths of a second. A look can take seconds on
# a busy server, so the clock counts and not the looks, and the last one is after it.
end_by() {
    signalled=' '
    is_last=
    read_clock
    end=$((clock + $2))
    while find_members; do
        for member in $members; do
            case $signalled in *" $member "*) continue ;; esac
            kill -s "$1" -- "${member%:*}" 2>/dev/null || :
            signalled="$signalled$member "
        done
        [ -z "$is_last" ] || return 1
        read_clock
        [ "$clock" -lt "$end" ] || is_last=yes
        sleep 0.1
    done
}

# Tenths of a second that nobody sets back, where the server has them.
read_clock() {
    if read -r clock _ </proc/uptime; then
        tenth=${clock#*.}
        clock=${clock%.*}${tenth%?}
    else
        clock=$(date +%s)0
    fi 2>/dev/null
}

# Make $members of those that live and belong to the step, each as "number:start". Once
# known, one is followed wherever it goes. 1 when there are none.
find_members() {
    [ -z "$group" ] || is_same "$group" "$started" "$boot" || group=
    rows=$(process_rows)
    carriers=" $(carriers) "
    members=' '
    has_grown=yes
    while [ -n "$has_grown" ]; do add_members; done
    # Other accounts' processes may be hidden; then only the group can be met.
    [ "$members" != ' ' ] || ! group_is_met || members=" -$group: "
    [ "$members" != ' ' ]
}

add_members() {
    has_grown=
    while read -r process parent of_group session start; do
        belongs || continue
        has_grown=yes
        members="$members$process:$start "
        case $known in *" $process:$start "*) ;; *) known="$known$process:$start " ;; esac
    done <<END
$rows
END
}

belongs() {
    case $own$members in *" $process:"*) return 1 ;; esac
    case $known in *" $process:$start "*) return 0 ;; esac
    case $carriers in *" $process "*) return 0 ;; esac
    case " ${group:--}:$members" in
    *" $process:"* | *" $parent:"* | *" $of_group:"* | *" $session:"*) return 0 ;;
    esac
    return 1
}

# This shell and all that it hangs on are never ended.
find_own() {
    own=' '
    process=$$
    while [ "${process:-0}" -gt 0 ]; do
        own="$own$process: "
        process=$(read_stat "/proc/$process/stat" && echo "$parent")
    done
}

# Number, parent, group, session and start of every process that is not just a zombie.
process_rows() {
    for file in /proc/[0-9]*/stat; do
        read_stat "$file" || continue
        case $state in
        Z | X) ;;
        *) echo "${stat%% *} $parent $of_group $session $start" ;;
        esac
    done
}

# The fields of proc(5); the name in parentheses may hold spaces.
read_stat() {
    { read -r stat <"$1"; } 2>/dev/null || return 1
    set -- ${stat##*) }
    state=$1 parent=$2 of_group=$3 session=$4
    shift 9
    start=${11}
}

# Who carries the step's marker; an environment can be read by its own account only.
carriers() {
    [ -n "$marker" ] || return 0
    for file in $(grep -lsF -e "OEC_STEP=$marker" /proc/[0-9]*/environ); do
        file=${file%/environ}
        printf '%s ' "${file#/proc/}"
    done
}

# Without /proc the group says by itself that it is there, with it only by refusing us:
# zombies answer, too.
group_is_met() {
    [ -n "$group" ] || return 1
    answer=$(LC_ALL=C && export LC_ALL && kill -s 0 -- "-$group" 2>&1) &&
        { [ ! -r /proc/self/stat ] && return 0 || return 1; }
    case $answer in *ermitted*) return 0 ;; esac
    return 1
}

# "pid 7 of user bob, pid 9 of user root"
name_members() {
    names=
    for member in $members; do
        member=${member%:*}
        uid=$(sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$member/status" 2>/dev/null)
        user=$(id -un "${uid:--}" 2>/dev/null)
        names="$names${names:+, }pid ${member#-} of ${user:+user }${user:-another user}"
    done
    printf '%s' "$names"
}
