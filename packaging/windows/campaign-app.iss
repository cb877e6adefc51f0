; Inno Setup 6: iscc /DVersion=0.1.0 packaging\windows\campaign-app.iss, after packaging\build.py.
; For the user who installs it, without administrator's rights, unless that is chosen. Not tried on the machine that the
; Linux packages are made on: .github/workflows/packages.yml builds it on Windows, installs it and runs it.
; Signed where the variable SIGN_COMMAND is set when packaging\windows\build.ps1 runs; it names what signs a file ($f).

#ifndef Version
  #error iscc /DVersion=X.Y.Z
#endif

[Setup]
AppId={{6F3B8B0D-5C1B-4E7A-9C52-3B3C0B5A6C11}
AppName=允发 Yunfa
AppVersion={#Version}
AppPublisher=Yunfa contributors
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Yunfa
DefaultGroupName=允发 Yunfa
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir=..\..\dist
OutputBaseFilename=campaign-app-{#Version}-windows-x64
SetupIconFile=..\..\build\build\made\yunfa.ico
UninstallDisplayIcon={app}\campaign-app-gui.exe
LicenseFile=..\..\LICENSE
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
; a window or a worker that still runs would keep the files of the version before
CloseApplications=yes
RestartApplications=no
#ifdef Sign
SignTool=yunfa
SignedUninstaller=yes
#endif

[Languages]
; Inno Setup brings no Chinese of its own: packaging/windows/ChineseSimplified.isl has the sentences that are shown here
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "zh_CN"; MessagesFile: "compiler:Default.isl,ChineseSimplified.isl"

[CustomMessages]
en.EvidenceFile=Yunfa evidence
zh_CN.EvidenceFile=允发证据
en.Launch=Open Yunfa
zh_CN.Launch=打开允发
en.Desktop=Icon on the desktop
zh_CN.Desktop=桌面图标

[Tasks]
Name: "desktop"; Description: "{cm:Desktop}"; Flags: unchecked

[InstallDelete]
; of the version before nothing may stay that this one does not have
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\campaign-app\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\允发 Yunfa"; Filename: "{app}\campaign-app-gui.exe"
Name: "{autodesktop}\允发 Yunfa"; Filename: "{app}\campaign-app-gui.exe"; Tasks: desktop

[Registry]
Root: HKA; Subkey: "Software\Classes\.yunfa"; ValueType: string; ValueData: "Yunfa.Evidence"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.yunfa"; ValueType: string; ValueName: "Content Type"; ValueData: "application/vnd.yunfa.evidence"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Yunfa.Evidence"; ValueType: string; ValueData: "{cm:EvidenceFile}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Yunfa.Evidence\DefaultIcon"; ValueType: string; ValueData: "{app}\campaign-app-gui.exe,0"
Root: HKA; Subkey: "Software\Classes\Yunfa.Evidence\shell\open\command"; ValueType: string; ValueData: """{app}\campaign-app-gui.exe"" evidence show ""%1"""

[Run]
Filename: "{app}\campaign-app-gui.exe"; Description: "{cm:Launch}"; Flags: nowait postinstall skipifsilent
