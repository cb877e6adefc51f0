#!/bin/bash
# Signs dist/Yunfa.app, wraps it in a disk image and has Apple look at it: packaging/macos/dmg.sh, after packaging/build.py.
#   MAC_SIGNING_IDENTITY   "Developer ID Application: …"; without it the app is signed ad hoc, and Gatekeeper refuses it
#                          on other computers until its user allows it
#   MAC_NOTARY_PROFILE     of `xcrun notarytool store-credentials`; without it nothing is notarised
# Not tried on the machine that the Linux packages are made on: .github/workflows/packages.yml does it on macOS.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -n 1)
app=dist/Yunfa.app
image=dist/campaign-app-$version-macos-$(uname -m).dmg
identity=${MAC_SIGNING_IDENTITY:--}

stamp=(--timestamp)
[[ $identity == - ]] && stamp=(--timestamp=none)
# from the inside to the outside: a signature covers those below it
find "$app" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
  xargs -0 codesign --force --options runtime "${stamp[@]}" --sign "$identity"
codesign --force --deep --options runtime "${stamp[@]}" --entitlements packaging/macos/entitlements.plist --sign "$identity" "$app"
codesign --verify --deep --strict "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
rm -f "$image"
hdiutil create -volname "允发 Yunfa" -srcfolder "$folder" -format ULFO -ov "$image"
if [[ $identity != - ]]; then
  codesign --force "${stamp[@]}" --sign "$identity" "$image"
fi
if [[ -n ${MAC_NOTARY_PROFILE:-} ]]; then
  xcrun notarytool submit "$image" --keychain-profile "$MAC_NOTARY_PROFILE" --wait
  xcrun stapler staple "$image"
fi
echo "$image"
