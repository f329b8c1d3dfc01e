# Ask an address on this server for its status.

# Redirects count as an answer and are not followed: they could lead anywhere.
oec_url_answers() {
    oec_status=$(oec_ask 2>/dev/null) || :
    case $oec_status in
    [23]??) return 0 ;;
    esac
    [ "$oec_status" = "$oec_last" ] || oec_tell
    oec_last=$oec_status
    return 1
}

oec_tell() {
    case $oec_status in
    '' | 000) echo "$oec_url did not answer" ;;
    *) echo "$oec_url answered $oec_status" ;;
    esac
}

oec_ask() {
    if command -v curl >/dev/null; then
        curl -q --silent --globoff --noproxy '*' --proto '=http,https' --max-time 5 \
            --output /dev/null --write-out '%{http_code}' -- "$oec_url"
    elif command -v wget >/dev/null; then
        wget --no-config --server-response --max-redirect=0 --no-proxy --tries=1 \
            --timeout=5 --output-document=/dev/null -- "$oec_url" 2>&1 |
            sed -n 's|^ *HTTP/[0-9.]* *\([0-9][0-9]*\).*|\1|p' | sed -n 1p
    else
        python3 -I -c "$oec_python" "$oec_url"
    fi
}

oec_python='
import sys, urllib.error, urllib.request

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
try:
    print(opener.open(sys.argv[1], timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
'

oec_last=-
