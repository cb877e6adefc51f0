; The sentences of the setup that a person meets; what is not here is shown in English.
[LangOptions]
LanguageName=简体中文
LanguageID=$0804
LanguageCodePage=65001

[Messages]
SetupWindowTitle=安装 - %1
UninstallAppFullTitle=卸载 %1
ButtonNext=下一步(&N) >
ButtonBack=< 上一步(&B)
ButtonInstall=安装(&I)
ButtonCancel=取消
ButtonFinish=完成(&F)
ButtonYes=是(&Y)
ButtonNo=否(&N)
ButtonBrowse=浏览(&B)…
WelcomeLabel1=欢迎安装 [name]
WelcomeLabel2=将在这台电脑上安装 [name/ver]。%n%n请先关闭正在运行的允发。
WizardLicense=许可协议
LicenseLabel=请先阅读下面的内容。
LicenseLabel3=请阅读许可协议；同意之后才能继续安装。
LicenseAccepted=我同意(&A)
LicenseNotAccepted=我不同意(&D)
WizardSelectDir=选择安装位置
SelectDirDesc=[name] 安装在哪里？
SelectDirLabel3=将安装到下面的文件夹。
WizardReady=准备安装
ReadyLabel1=现在开始安装 [name]。
WizardInstalling=正在安装
InstallingLabel=正在安装 [name]，请稍候。
FinishedHeadingLabel=[name] 安装完成
FinishedLabel=[name] 已装好，可以从开始菜单打开。
ConfirmUninstall=确实要卸载 %1 吗？工作区和其中的数据会保留。
