# Builds the setup: packaging\windows\build.ps1 [-Version 0.1.0]. Needs Inno Setup 6, and dist\campaign-app (packaging\build.py).
# SIGN_COMMAND is the command that signs one file, with $f in the place of its name, e.g.
#   signtool sign /fd SHA256 /tr http://TIMESTAMP-SERVER /td SHA256 /sha1 THUMBPRINT $f
# Without it nothing is signed, and Windows will say that the publisher is unknown.
param([string]$Version = "")
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
if (-not $Version) {
  $Version = [regex]::Match((Get-Content pyproject.toml -Raw), '(?m)^version = "([^"]+)"').Groups[1].Value
}
$iscc = Get-Command iscc -ErrorAction SilentlyContinue
$iscc = if ($iscc) { $iscc.Source } else { "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe" }
$given = @("/DVersion=$Version")
if ($env:SIGN_COMMAND) {
  # first what is inside, then the setup around it
  foreach ($program in "campaign-app.exe", "campaign-app-gui.exe") {
    $file = (Resolve-Path "dist\campaign-app\$program").Path
    cmd /c ($env:SIGN_COMMAND.Replace('$f', "`"$file`""))
    if ($LASTEXITCODE) { throw "signing ${program}: status $LASTEXITCODE" }
  }
  $given += "/DSign", "/Syunfa=$($env:SIGN_COMMAND)"
}
& $iscc @given "packaging\windows\campaign-app.iss"
if ($LASTEXITCODE) { throw "iscc: status $LASTEXITCODE" }
