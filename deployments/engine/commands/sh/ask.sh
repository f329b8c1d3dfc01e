# Ask an address on this server for its status. Each try may take what is left of the
# time: the first answer of an application can be a slow one.

# Redirects count as an answer and are not followed: they could lead anywhere.
oec_url_answers() {
    oec_left=$((oec_end - $(date +%s)))
    [ "$oec_left" -ge 1 ] || oec_left=1
    oec_status= oec_place= oec_reason=
    oec_ask
    case $oec_status in
    2??) oec_answered=yes oec_place= ;;
    3??) oec_answered=yes ;;
    *) oec_answered= oec_place= ;;
    esac
    [ "$oec_answered" ] && [ -z "$oec_place" ] && return 0
    oec_now=$(oec_tell)
    [ "$oec_now" = "$oec_last" ] || printf '%s\n' "$oec_now"
    oec_last=$oec_now
    [ "$oec_answered" ]
}

oec_tell() {
    case $oec_status$oec_place in
    '' | 000) echo "$oec_url did not answer${oec_reason:+: $oec_reason}" ;;
    *[!0-9]*) echo "$oec_url answered $oec_status and leads to $oec_place" ;;
    *) echo "$oec_url answered $oec_status" ;;
    esac
}

# Ends the step when its time is over: whether anything has answered is told apart.
oec_give_up() {
    case ${oec_url:+url}${oec_status-} in
    url | url000) exit 6 ;;
    esac
    exit 1
}

# Whether nothing took the last connection; what is slow, or wrong, is there all the same.
oec_port_refuses() {
    case ${oec_status:-000}:${oec_reason:-} in
    000:*efused*) return 0 ;;
    esac
    return 1
}

# Whether an application that was given time to open its port still has not.
oec_grace_is_over() {
    [ "$oec_grace" -gt 0 ] && oec_port_refuses &&
        [ "$(date +%s)" -ge $((oec_end - oec_seconds + oec_grace)) ]
}

oec_tell_grace() {
    echo "$oec_url still refuses connections after $oec_grace s, the time for its start"
}

# Ends the step where nothing could ever ask.
oec_need_client() {
    for oec_client in curl wget python3; do
        command -v "$oec_client" >/dev/null && return 0
    done
    echo "None of curl, wget and python3 is installed on this server."
    exit 5
}

oec_ask() {
    if command -v curl >/dev/null; then
        oec_ask_with_curl
    elif command -v wget >/dev/null; then
        oec_ask_with_wget
    else
        oec_ask_with_python
    fi
    oec_reason=$(printf '%s' "$oec_reason" | tr '\n\t\r' '   ' | cut -c 1-300)
    oec_place=$(printf '%s' "$oec_place" | tr -d '\r')
}

# Only what it does in detail tells a refused connection from a missing route.
oec_ask_with_curl() {
    set --
    [ -z "$oec_host" ] || set -- "$@" --header "Host: $oec_host"
    [ -z "$oec_insecure" ] || set -- "$@" --insecure
    oec_heard=$(LC_ALL=C curl -q --silent --show-error --verbose --globoff \
        --noproxy '*' --proto '=http,https' --max-time "$oec_left" "$@" \
        --output /dev/null --write-out '\noec:%{http_code} %{redirect_url}\n' \
        -- "$oec_url" 2>&1) || :
    oec_heard_line 's/^oec:\(.*\)/\1/p'
    oec_status=${oec_found%% *}
    oec_place=${oec_found#* }
    oec_heard_line 's/^\* .*connect to .* failed: /: /p'
    oec_more=$oec_found
    oec_heard_line 's/^curl: ([0-9]*) //p'
    oec_reason=$oec_found$oec_more
}

oec_ask_with_wget() {
    set --
    [ -z "$oec_host" ] || set -- "$@" --header "Host: $oec_host"
    [ -z "$oec_insecure" ] || set -- "$@" --no-check-certificate
    # That of busybox knows few options, and on Debian not even how to give up.
    case $(wget --version 2>&1) in
    *GNU*)
        set -- "$@" -T "$oec_left" --no-config --max-redirect=0 --no-proxy --tries=1
        ;;
    *'-T SEC'*) set -- "$@" -T "$oec_left" -Y off ;;
    *) set -- "$@" -Y off ;;
    esac
    oec_heard=$(LC_ALL=C wget -S -O /dev/null "$@" -- "$oec_url" 2>&1) || :
    oec_heard_line 's|^.*HTTP/[0-9.]* \{1,\}\([0-9][0-9][0-9]\).*|\1|p'
    oec_status=$oec_found
    oec_heard_line 's/^ *[Ll]ocation: *\([^ ]*\).*/\1/p'
    oec_place=$oec_found
    oec_reason=$(printf '%s\n' "$oec_heard" |
        sed -n -e 's/^Connecting to .*failed: //' -e 's/^HTTP request .*response\.\.\. //' \
            -e '/efused\|rror\|nable\|annot\|bad addr\|ertificate\|No data\|imed out/p')
}

oec_ask_with_python() {
    oec_heard=$(python3 -I -c "$oec_python" \
        "$oec_url" "$oec_left" "$oec_host" "$oec_insecure" 2>&1) || :
    oec_heard_line 's/^oec:\(.*\)/\1/p'
    oec_status=${oec_found%% *}
    oec_place=${oec_found#* }
    [ -n "$oec_found" ] || oec_reason=$(printf '%s\n' "$oec_heard" | sed -n '$p')
}

# The first line that the sed command $1 prints.
oec_heard_line() {
    oec_found=$(printf '%s\n' "$oec_heard" | sed -n "$1" | sed -n 1p)
}

oec_python='
import ssl, sys, urllib.error, urllib.request

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

url, left, host, insecure = sys.argv[1:]
context = ssl.create_default_context()
if insecure:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),
    urllib.request.HTTPSHandler(context=context),
    Stay,
)
request = urllib.request.Request(url, headers={"Host": host} if host else {})
try:
    answer = opener.open(request, timeout=float(left))
    print(f"oec:{answer.status} ")
except urllib.error.HTTPError as error:
    print("oec:{} {}".format(error.code, error.headers.get("Location") or ""))
except Exception as error:
    print(getattr(error, "reason", error) or type(error).__name__)
'

oec_last=-
