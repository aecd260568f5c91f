#!/bin/sh
# The way of one report, from the phone of a grid worker to the share of the county. Start the demo first:
#
#   cargo run --release -- serve --demo --data-dir demo-data
#   examples/first-report.sh [en|zh]
#
# Without a language LANG decides: Chinese if it begins with zh, else English. GRASSROOTS_URL is the server's address,
# http://127.0.0.1:8080 if it is not set. Needs curl and awk.
set -eu

url=${GRASSROOTS_URL:-http://127.0.0.1:8080}
case ${1:-} in
    en | zh) language=$1 ;;
    '') case ${LANG:-} in zh*) language=zh ;; *) language=en ;; esac ;;
    *) echo "usage: examples/first-report.sh [en|zh]" >&2; exit 2 ;;
esac

# say ENGLISH CHINESE: one line, in the language of the reader.
say() {
    if [ "$language" = zh ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

stop() {
    say "$@" >&2
    exit 1
}

uuid() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' |
        sed 's/\(........\)\(....\)\(....\)\(....\)\(............\)/\1-\2-\3-\4-\5/'
}

# field NAME…: the value of a field in the last answer; several names lead into objects.
field() {
    printf '%s\n' "$answer" | awk -v names="$*" '{
        count = split(names, name, " ")
        for (i = 1; i <= count; i++) {
            at = index($0, "\"" name[i] "\":")
            if (!at) { print "no field " names > "/dev/stderr"; exit 1 }
            $0 = substr($0, at + length(name[i]) + 3)
        }
        if (/^"/) {
            match($0, /^"([^"\\]|\\.)*"/)
            value = substr($0, 2, RLENGTH - 2)
            gsub(/\\"/, "\"", value)
        } else {
            match($0, /^[^],}]*/)
            value = substr($0, 1, RLENGTH)
        }
        print value
    }'
}

# request METHOD PATH TOKEN [CURL OPTION…]: sets `answer`. Stops with the text of the problem if there is one. No proxy is
# asked, because the demo serves its own machine only.
request() {
    method=$1 where=$2 token=$3
    shift 3
    answer=$(curl --silent --show-error --noproxy '*' --request "$method" "$url$where" --write-out '\n%{http_code}' \
        --header "Authorization: Bearer $token" --header "Accept-Language: $language" "$@") ||
        stop "No answer from $url. Is the demo running? cargo run --release -- serve --demo --data-dir demo-data" \
            "$url 没有响应。演示启动了吗？cargo run --release -- serve --demo --data-dir demo-data"
    code=${answer##*
}
    answer=${answer%
*}
    case $code in
        2*) ;;
        *)
            detail=$(field detail 2>/dev/null) || detail=$answer
            stop "$method $where was refused ($code): $detail" "$method $where 被拒绝（$code）：$detail"
            ;;
    esac
}

# sign_in USERNAME: sets `token`. Everybody in the demo has the same password.
sign_in() {
    request POST /v1/sessions '' --header 'Content-Type: application/json' \
        --data '{"username": "'"$1"'", "password": "Grassroots-2023"}'
    token=$(field access_token)
}

# order TOKEN COMMAND BODY: a command names the version its sender saw (If-Match), and a key that makes a repeat harmless.
order() {
    request GET "/v1/incidents/$id" "$1"
    version=$(field version)
    request POST "/v1/incidents/$id/$2" "$1" --header 'Content-Type: application/json' \
        --header "If-Match: \"$version\"" --header "Idempotency-Key: $(uuid)" --data "$3"
    state=$(field state | state_name)
}

state_name() {
    if [ "$language" = zh ]; then
        sed 's/pending_receipt/待签收/; s/in_progress/办理中/; s/pending_verification/待核查/; s/closed/已结案/'
    else
        tr _ ' '
    fi
}

# A moment such as 2026-11-23T18:00:00+08:00, for people.
moment() {
    sed 's/T\(..:..\).*/ \1/'
}

sign_in worker
worker=$token
sign_in dispatcher
dispatcher=$token
sign_in handler
handler=$token
sign_in county
county=$token

# The id is made on the phone: the same report sent twice is taken once.
id=$(uuid)
text='村口井盖缺失，夜间无灯，车辆绕行'
request POST /v1/incidents "$worker" --header 'Content-Type: application/json' --data '{
  "id": "'"$id"'", "category": "5002", "description": "'"$text"'",
  "location": {"lon": 110.8569, "lat": 33.7606, "datum": "wgs84", "accuracy_m": 15}
}'
number=$(field incident_no)
desk=$(field holder name)
reason=$(field routing reason)
due=$(field deadlines accept at | moment)
say "1. A grid worker reports a missing manhole cover: $text" "1. 网格员上报井盖缺失：$text"
say "   Incident $number went to $desk, which has until $due to accept it." \
    "   事件 $number 分到$desk，须在 $due 前受理。"
say "   Why: $reason" "   理由：$reason"

# The incident proposes the departments whose duty it is: `proposed` in GET /v1/incidents/{id}.
order "$dispatcher" accept-and-dispatch '{"organisation": "411224107-urban_management"}'
department=$(field holder name)
say "2. The township desk accepts it and dispatches it to $department. It is $state." \
    "2. 乡镇受理台受理，派遣给$department。状态：$state。"

order "$handler" acknowledge '{}'
due=$(field due at | moment)
say "3. The department acknowledges it. It is $state, with the next step due by $due." \
    "3. 部门签收。状态：$state，下一步须在 $due 前完成。"

# The category asks for a photo of the work. It is named by its hash; its bytes may follow by tus (POST /v1/uploads) when
# there is a signal. This story does not send them.
order "$handler" submit-result '{
  "outcome": "resolved", "method": "on_site_handling", "result": "已更换井盖并复查",
  "photos": [{"sha256": "d1716e0a7788048df65c8dba3e0e1a1c7c3b1b1d2ffb9d8e4d1b0a1f6b8d3c55", "size_bytes": 118121, "media_type": "image/jpeg"}]
}'
say "4. The department submits its result and names a photo of the work. It is $state." \
    "4. 部门提交结果，并登记处置后照片。状态：$state。"

order "$dispatcher" close '{"reply": "井盖已换好，感谢上报"}'
say "5. The township desk verifies the work and closes the incident. It is $state." "5. 乡镇受理台核查后结案。状态：$state。"

request GET "/v1/incidents/$id" "$worker"
reply=$(field replies text)
year=$(field ended_at | sed 's/-.*//')
say "6. The grid worker reads the reply: $reply" "6. 网格员看到回复：$reply"

request GET "/v1/statistics/grassroots?unit=411224&from=$year-01-01&to=$((year + 1))-01-01" "$county"
unit=$(field unit_name)
whole=$(field shares grassroots denominator)
part=$(field shares grassroots numerator)
share=$(field shares grassroots value | awk '{ printf "%.1f %%", $1 * 100 }')
list=$(field figures grassroots list)
say "7. The county sees the share of $unit in $year: $whole closed, $part of them resolved at the grassroots, $share." \
    "7. 县级看到基层化解率：$year 年${unit}结案 $whole 件，其中化解在基层 $part 件，占 $share。"
say "   The list behind this figure: GET $list" "   这个数字背后的清单：GET $list"
