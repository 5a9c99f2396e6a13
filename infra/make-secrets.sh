#!/bin/sh
# Makes the missing secrets of docker-compose.yml in ./secrets (or the given folder). Existing ones
# stay. Put your bots' tokens there yourself: an empty file means that there is no such bot.
set -eu

folder=${1:-$(dirname "$0")/../secrets}
mkdir -p "$folder"
# Other users of this machine cannot enter the folder. The files are readable for everybody, because
# the users in the containers must read them.
chmod 700 "$folder"

keep() {
  [ -e "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
  chmod 644 "$folder/$1"
}
random() {
  head -c "$1" /dev/urandom
}
password() {
  random 24 | od -An -v -tx1 | tr -d ' \n'
}

keep redis_password "$(password)"
keep redis_url "redis://default:$(cat "$folder/redis_password")@redis:6379"
keep elasticsearch_password "$(password)"
keep elasticsearch_url "http://elastic:$(cat "$folder/elasticsearch_password")@elasticsearch:9200"
# Keep a copy of this one elsewhere: without it, no stored data can be read.
keep master_key "$(random 32 | base64)"
keep discord_token ''
keep telegram_token ''
keep telegram_webhook_secret ''
# Only for stores of your own that ask for an API key, or whose certificate has its own authority.
keep elasticsearch_api_key ''
keep ca.pem ''
