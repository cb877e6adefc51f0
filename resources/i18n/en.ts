<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>AboutSection</name>
    <message>
        <source>关于</source>
        <translation>About</translation>
    </message>
    <message>
        <source>允发：只发给平台接口确认同意过的人。本程序帮助遵守规则，不是法律意见。</source>
        <translation>Yunfa sends only to people whose consent the platform confirms. It helps to keep the rules and is no legal advice.</translation>
    </message>
    <message>
        <source>版本</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>许可</source>
        <translation>Licence</translation>
    </message>
    <message>
        <source>运行环境</source>
        <translation>Runs on</translation>
    </message>
    <message>
        <source>Qt 按 LGPL-3.0 使用，可以换成您自己编译的版本；其他组件的许可和全文见第三方声明。</source>
        <translation>Qt is used under the LGPL-3.0 and may be replaced by a build of your own. The notices have all other parts and their licences in full.</translation>
    </message>
    <message>
        <source>第三方声明…</source>
        <translation>Third-party notices…</translation>
    </message>
    <message>
        <source>只在您点击时检查，只告知，不自动下载，也不自动安装。清单须由维护者签名，旧的、过期的都不采用。</source>
        <translation>Asked only when you press the button. It tells, and never downloads or installs by itself. The manifest must be signed by the maintainers; old and expired ones are refused.</translation>
    </message>
    <message>
        <source>发布清单的地址</source>
        <translation>Address of the release manifest</translation>
    </message>
    <message>
        <source>发布清单的地址（https），没有内置地址</source>
        <translation>Address of the release manifest (https); none is built in</translation>
    </message>
    <message>
        <source>保存地址</source>
        <translation>Save address</translation>
    </message>
    <message>
        <source>检查更新</source>
        <translation>Check for updates</translation>
    </message>
    <message>
        <source>从文件检查…</source>
        <translation>Check from a file…</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>正在检查更新</source>
        <translation>Checking for updates</translation>
    </message>
    <message>
        <source>更新</source>
        <translation>Updates</translation>
    </message>
    <message>
        <source>有新版本 {version}（{date}），但要先装 {first}，再装它。</source>
        <translation>{version} is out ({date}), but {first} has to be installed before it.</translation>
    </message>
    <message>
        <source>有新版本 {version}（{date}）。请从维护者处下载，并核对下面的哈希。</source>
        <translation>{version} is out ({date}). Download it from the maintainers and compare the hashes below.</translation>
    </message>
    <message>
        <source>已是最新：{version}（{date}）。</source>
        <translation>This is the newest version: {version} ({date}).</translation>
    </message>
    <message>
        <source>发布清单的地址已保存。</source>
        <translation>The address of the release manifest is saved.</translation>
    </message>
    <message>
        <source>发布清单 (*.json)</source>
        <translation>Release manifests (*.json)</translation>
    </message>
    <message>
        <source>所有文件 (*)</source>
        <translation>All files (*)</translation>
    </message>
    <message>
        <source>选择发布清单</source>
        <translation>Choose a release manifest</translation>
    </message>
</context>
<context>
    <name>AccountCard</name>
    <message>
        <source>模拟</source>
        <translation>Simulated</translation>
    </message>
    <message>
        <source>模拟平台的同意记录不能用于真实发送。</source>
        <translation>Consent records from a simulated platform cannot be used for real sending.</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>出具方</source>
        <translation>Issuer</translation>
    </message>
    <message>
        <source>由谁确认同意</source>
        <translation>Who confirms consent</translation>
    </message>
    <message>
        <source>平台地址</source>
        <translation>Platform URL</translation>
    </message>
    <message>
        <source>账户标识</source>
        <translation>Account ID</translation>
    </message>
    <message>
        <source>最近同步</source>
        <translation>Last sync</translation>
    </message>
    <message>
        <source>详细信息</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Less</translation>
    </message>
    <message>
        <source>能认出的号码有 {} 个，都按退订处理。原文加密留存在本工作区，操作记入审计。</source>
        <translation>Numbers found: {}; all count as opt-outs. The originals stay sealed here; this is audited.</translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 条这次不清除，之后再列出。</source>
        <translation>
            <numerusform>%Ln more is not cleared now; it is listed afterwards.</numerusform>
            <numerusform>%Ln more are not cleared now; they are listed afterwards.</numerusform>
        </translation>
    </message>
    <message>
        <source>把这些回复从服务商的队列里清除？</source>
        <translation>Clear these replies from the provider&apos;s queue?</translation>
    </message>
    <message>
        <source>清除</source>
        <translation>Clear</translation>
    </message>
    <message>
        <source>测试连接</source>
        <translation>Test connection</translation>
    </message>
    <message>
        <source>同步</source>
        <translation>Sync</translation>
    </message>
    <message>
        <source>由谁确认同意…</source>
        <translation>Who confirms consent…</translation>
    </message>
    <message>
        <source>断开…</source>
        <translation>Disconnect…</translation>
    </message>
    <message>
        <source>重新连接…</source>
        <translation>Reconnect…</translation>
    </message>
    <message>
        <source>尚未设置：无人可发</source>
        <translation>Not set: nobody can be sent to</translation>
    </message>
    <message>
        <source>请先为同一主体连接同意查询服务</source>
        <translation>First connect a consent service for the same entity</translation>
    </message>
    <message>
        <source>暂不设置</source>
        <translation>Not for now</translation>
    </message>
    <message numerus="yes">
        <source>正在同步，已收到 {count} 位客户</source>
        <translation>
            <numerusform>Syncing, {count} customer received</numerusform>
            <numerusform>Syncing, {count} customers received</numerusform>
        </translation>
    </message>
    <message>
        <source>还没有同步过</source>
        <translation>Not synced yet</translation>
    </message>
    <message>
        <source>检查中</source>
        <translation>Checking</translation>
    </message>
    <message>
        <source>正在询问平台…</source>
        <translation>Asking the platform…</translation>
    </message>
    <message>
        <source>不能使用</source>
        <translation>Cannot be used</translation>
    </message>
    <message>
        <source>连接正常</source>
        <translation>Connected</translation>
    </message>
    <message>
        <source>接口版本 {version} · 时钟相差 {skew} 秒</source>
        <translation>API version {version} · clock differs by {skew} s</translation>
    </message>
    <message>
        <source>接口版本 {version} · 时钟相差 {skew} 秒 · 公钥与连接时一致</source>
        <translation>API version {version} · clock differs by {skew} s · same public key as at connecting</translation>
    </message>
    <message>
        <source> · 未核实的权限：{names}</source>
        <translation> · Permissions not verified: {names}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>客户、同意记录、拒收名单和发送记录都保留。
密钥会从这台电脑删除；之后不能再同步，也不能用它发送，直到重新连接。</source>
        <translation>Customers, consent records, suppressions and sending records are kept.
Its keys are deleted from this computer; until you reconnect, this account cannot sync or send.</translation>
    </message>
    <message>
        <source>这个主体还有没发完的活动：{names}</source>
        <translation>Campaigns of this entity that are not finished: {names}</translation>
    </message>
    <message>
        <source>断开“{name}”？</source>
        <translation>Disconnect &quot;{name}&quot;?</translation>
    </message>
    <message>
        <source>断开</source>
        <translation>Disconnect</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
</context>
<context>
    <name>AccountWords</name>
    <message numerus="yes">
        <source>{shop} · %Ln 位客户的退订还没有告知平台</source>
        <translation>
            <numerusform>{shop} · platform not told of %Ln opt-out</numerusform>
            <numerusform>{shop} · platform not told of %Ln opt-outs</numerusform>
        </translation>
    </message>
    <message>
        <source>最早一位已等了{time}。</source>
        <translation>The oldest has waited for{time}.</translation>
    </message>
    <message>
        <source>本机已不再给他们发短信；平台还不知道，经由平台的短信仍可能发到他们手机上。</source>
        <translation>Nothing is sent to them from here any more, but the platform does not know: messages through it may still reach them.</translation>
    </message>
    <message>
        <source>重新连接</source>
        <translation>Connect again</translation>
    </message>
    <message>
        <source>去处理</source>
        <translation>Take care of it</translation>
    </message>
    <message>
        <source>这里收到了另一个工作区所发短信的回执。客户的回复只会到其中一边：在那边退订的人，这里不知道，还会再发，反过来也一样。请让两个工作区各用各的账号，或只留一个在用；在那之前，退订请在两边都登记。</source>
        <translation>Delivery reports of another workspace&apos;s messages come in here. A customer&apos;s reply reaches only one of the two: who opts out there is not known here and would be written to again, and the other way round. Give each workspace an account of its own, or keep only one in use; until then, record opt-outs in both.</translation>
    </message>
    <message>
        <source>{shop} · 另一个工作区也在用这个账号</source>
        <translation>{shop} · another workspace uses this account too</translation>
    </message>
    <message>
        <source>去看看</source>
        <translation>View</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 条回复无法读取，发送已停住</source>
        <translation>
            <numerusform>%Ln unreadable reply stops the sending</numerusform>
            <numerusform>%Ln unreadable replies stop the sending</numerusform>
        </translation>
    </message>
    <message>
        <source>它们留在服务商的队列里，其中可能有人拒收。请先看过，再清除；能认出的号码按退订处理。</source>
        <translation>They stay in the provider&apos;s queue and may be refusals. Look, then clear; numbers found count as opt-outs.</translation>
    </message>
    <message>
        <source>查看并清除…</source>
        <translation>Look and clear…</translation>
    </message>
    <message numerus="yes">
        <source>平台未接受 %Ln 位客户的退订</source>
        <translation>
            <numerusform>The platform did not accept the opt-out of %Ln customer</numerusform>
            <numerusform>The platform did not accept the opt-out of %Ln customers</numerusform>
        </translation>
    </message>
    <message>
        <source>平台不认识这些客户标识。本机已不再给他们发短信；重新连接账户后会再告知一次。</source>
        <translation>It does not know these customers. Nothing is sent to them from here any more; it is told once more when the account is connected again.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 位客户的退订无法告知平台</source>
        <translation>
            <numerusform>%Ln opt-out cannot be reported to the platform</numerusform>
            <numerusform>%Ln opt-outs cannot be reported to the platform</numerusform>
        </translation>
    </message>
    <message>
        <source>此平台的接口不接收退订；本机已不再给他们发短信。平台自己也发短信的，请在平台后台关闭。</source>
        <translation>Its interface takes no opt-outs; nothing is sent to them from here any more. If the platform itself sends messages, turn them off there.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 位客户的退订还没有告知平台</source>
        <translation>
            <numerusform>The platform has not been told of %Ln opt-out</numerusform>
            <numerusform>The platform has not been told of %Ln opt-outs</numerusform>
        </translation>
    </message>
    <message>
        <source>最早一位自 {at} 起等待。</source>
        <translation>The oldest has waited since {at}.</translation>
    </message>
    <message>
        <source>本机已不再给他们发短信，后台会一直重试。</source>
        <translation>Nothing is sent to them from here any more, and the worker keeps trying.</translation>
    </message>
    <message>
        <source>本机已不再给他们发短信，重新连接后才会告知平台。</source>
        <translation>Nothing is sent to them from here any more; the platform is told once the account is connected again.</translation>
    </message>
    <message>
        <source>立即重试</source>
        <translation>Try now</translation>
    </message>
    <message>
        <source>正在告知平台…</source>
        <translation>Telling the platform…</translation>
    </message>
    <message>
        <source>{day} 到期，平台已不接受旧令牌：不能同步、核验和发送。请在平台重新授权，再填入新令牌。</source>
        <translation>It ended on {day} and the platform refuses the old token: no sync, no screening, no sending. Authorise again at the platform and type in the new token.</translation>
    </message>
    <message>
        <source>授权已过期</source>
        <translation>Authorisation ended</translation>
    </message>
    <message numerus="yes">
        <source>授权还有 %Ln 天到期</source>
        <translation>
            <numerusform>Authorisation ends in %Ln day</numerusform>
            <numerusform>Authorisation ends in %Ln days</numerusform>
        </translation>
    </message>
    <message>
        <source>授权今天到期</source>
        <translation>Authorisation ends today</translation>
    </message>
    <message>
        <source>{day} 之后不能同步、核验和发送。请在平台重新授权，再填入新令牌；账户和数据都保留。</source>
        <translation>After {day} there is no sync, no screening and no sending. Authorise again at the platform and type in the new token; account and data stay.</translation>
    </message>
    <message>
        <source>更新授权…</source>
        <translation>Renew…</translation>
    </message>
    <message>
        <source>原因：{why}</source>
        <translation>Reason: {why}</translation>
    </message>
    <message numerus="yes">
        <source> %Ln 分钟</source>
        <translation>
            <numerusform> %Ln minute</numerusform>
            <numerusform> %Ln minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %Ln 小时</source>
        <translation>
            <numerusform> %Ln hour</numerusform>
            <numerusform> %Ln hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %Ln 天</source>
        <translation>
            <numerusform> %Ln day</numerusform>
            <numerusform> %Ln days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountsSection</name>
    <message>
        <source>连接账户…</source>
        <translation>Connect account…</translation>
    </message>
    <message>
        <source>还没有连接账户</source>
        <translation>No account connected yet</translation>
    </message>
    <message>
        <source>连接平台账户后，客户、同意记录和签名会从平台同步过来；只有平台确认同意的人才会收到短信。</source>
        <translation>Once a platform account is connected, customers, consent records and signatures are synced from it. Only people whose consent the platform confirms receive messages.</translation>
    </message>
    <message>
        <source>已连接“{name}”，正在同步客户。</source>
        <translation>&quot;{name}&quot; is connected. Syncing customers.</translation>
    </message>
    <message>
        <source>“{name}”的短信改由平台短信接口发出。</source>
        <translation>&quot;{name}&quot; now sends by its platform&apos;s own SMS.</translation>
    </message>
    <message>
        <source>“{name}”不再另选发送通道。</source>
        <translation>&quot;{name}&quot; no longer has a sender of its own choice.</translation>
    </message>
    <message>
        <source>“{name}”的短信改由它自己的平台发出。</source>
        <translation>The messages of &quot;{name}&quot; now leave by its own platform.</translation>
    </message>
    <message>
        <source>“{name}”的短信改由“{sender}”发出。</source>
        <translation>The messages of &quot;{name}&quot; now leave by &quot;{sender}&quot;.</translation>
    </message>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>账户</source>
        <translation>Accounts</translation>
    </message>
    <message>
        <source>同意记录由平台或登记机构出具，商家不能自己证明。</source>
        <translation>Consent records are issued by the platform or a registry; merchants cannot vouch for themselves.</translation>
    </message>
</context>
<context>
    <name>Actors</name>
    <message>
        <source>本机操作人</source>
        <translation>Local user</translation>
    </message>
    <message>
        <source>命令行</source>
        <translation>Command line</translation>
    </message>
    <message>
        <source>后台进程</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>平台</source>
        <translation>Platform</translation>
    </message>
    <message>
        <source>本程序</source>
        <translation>This program</translation>
    </message>
</context>
<context>
    <name>AnswerRow</name>
    <message>
        <source>退订</source>
        <translation>Opt-out</translation>
    </message>
    <message>
        <source>回复</source>
        <translation>Reply</translation>
    </message>
    <message>
        <source>号码已删除</source>
        <translation>Number erased</translation>
    </message>
    <message>
        <source>已按退订处理；其后有更新的同意并经人复核，现已解除拒收。</source>
        <translation>Taken as an opt-out; lifted since, by a newer consent that a person reviewed.</translation>
    </message>
    <message>
        <source>已按退订处理，自 {at} 起不再发送。</source>
        <translation>Taken as an opt-out; nothing is sent since {at}.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>原因：{why}</source>
        <translation>Why: {why}</translation>
    </message>
    <message>
        <source>已回写平台：{shops}。</source>
        <translation>Told to the platform: {shops}.</translation>
    </message>
    <message>
        <source>尚未回写平台：{shops}，后台会一直重试。</source>
        <translation>Not yet told: {shops}; it is tried again and again.</translation>
    </message>
    <message>
        <source>平台未接受：{shops}；本机仍不再发送。</source>
        <translation>Not accepted by the platform: {shops}; still never sent to from here.</translation>
    </message>
    <message>
        <source>平台接口不接收退订，未回写：{shops}；本机仍不再发送。</source>
        <translation>The platform takes no opt-outs: {shops}; nothing is sent from here all the same.</translation>
    </message>
</context>
<context>
    <name>AnswersCard</name>
    <message>
        <source>收到的回复</source>
        <translation>Replies</translation>
    </message>
    <message>
        <source>只看退订</source>
        <translation>Opt-outs only</translation>
    </message>
    <message>
        <source>只看退订的回复</source>
        <translation>Only replies that opt out</translation>
    </message>
    <message>
        <source>没有人回复退订。</source>
        <translation>Nobody opted out by reply.</translation>
    </message>
    <message>
        <source>显示更多</source>
        <translation>Show more</translation>
    </message>
    <message>
        <source>这里显示最新的 {} 条，另有 {} 条。</source>
        <translation>The newest {} are shown; there are {} more.</translation>
    </message>
</context>
<context>
    <name>ApplyingStep</name>
    <message>
        <source>导入进度</source>
        <translation>Import progress</translation>
    </message>
    <message>
        <source>停止导入</source>
        <translation>Stop import</translation>
    </message>
    <message>
        <source>可以关闭这个对话框，导入会在后台继续；退出允发也不会丢，下次打开后接着导入。停止之后，已经导入的部分保留，也可以撤销。</source>
        <translation>You may close this dialog: the import goes on in the background. Quitting Yunfa loses nothing either; it goes on when Yunfa is opened again. What was imported before a stop stays, and can be undone.</translation>
    </message>
    <message>
        <source>正在停止…</source>
        <translation>Stopping…</translation>
    </message>
    <message>
        <source>正在导入 {share}</source>
        <translation>Importing {share}</translation>
    </message>
</context>
<context>
    <name>ApprovalCard</name>
    <message>
        <source>收件人数</source>
        <translation>Number of recipients</translation>
    </message>
    <message>
        <source>已批准</source>
        <translation>Approved</translation>
    </message>
    <message>
        <source>批准已失效</source>
        <translation>The approval does not hold any more</translation>
    </message>
    <message>
        <source>批准</source>
        <translation>Approve</translation>
    </message>
    <message>
        <source>输入收件人数，表示您知道这条短信要发给多少人。</source>
        <translation>Enter the number of recipients to show that you know how many people this goes to.</translation>
    </message>
    <message>
        <source>左边的检查通过后才能批准。</source>
        <translation>Approval opens once the checks on the left have passed.</translation>
    </message>
    <message>
        <source>核验后可发送 {} 人</source>
        <translation>{} eligible</translation>
    </message>
    <message>
        <source>与核验后的人数不一致。</source>
        <translation>Does not match the screened number.</translation>
    </message>
    <message>
        <source>由 {} 于 {} 批准，只对这份文案、签名、用途和 {} 名受众有效。</source>
        <translation>Approved by {} at {}, for this text, signature, purpose and audience of {} only.</translation>
    </message>
    <message>
        <source>任何一项改动，批准即失效。</source>
        <translation>Any change voids the approval.</translation>
    </message>
</context>
<context>
    <name>AskDialog</name>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
</context>
<context>
    <name>AudienceStep</name>
    <message>
        <source>人数与人群</source>
        <translation>Numbers and segments</translation>
    </message>
    <message>
        <source>受众的条件</source>
        <translation>Conditions of the audience</translation>
    </message>
    <message>
        <source>没有条件：主体名下已连接店铺的全部客户。加上条件，只选合适的人。</source>
        <translation>No conditions: every customer of the entity&apos;s connected shops. Add conditions to pick the right people.</translation>
    </message>
    <message>
        <source>这个受众的条件有多层，不能逐条显示；人数照常计算，也照常核验和发送。</source>
        <translation>This audience has nested conditions that cannot be listed here; it is still counted, screened and sent as usual.</translation>
    </message>
    <message>
        <source>受众条件</source>
        <translation>Audience conditions</translation>
    </message>
    <message>
        <source>已连接的店铺里没有这个主体的客户，请先连接店铺或同步客户。</source>
        <translation>No connected shop has customers of this entity. Connect a shop or sync customers first.</translation>
    </message>
    <message>
        <source>核验之后才知道其中多少人可以发送。</source>
        <translation>Screening tells how many of them can be sent to.</translation>
    </message>
    <message>
        <source>其中几位</source>
        <translation>Some of them</translation>
    </message>
    <message>
        <source>无手机号</source>
        <translation>No phone number</translation>
    </message>
    <message>
        <source>地区不明</source>
        <translation>Unknown region</translation>
    </message>
    <message numerus="yes">
        <source>{} · {} · %Ln 单</source>
        <translation>
            <numerusform>{} · {} · %Ln order</numerusform>
            <numerusform>{} · {} · %Ln orders</numerusform>
        </translation>
    </message>
    <message>
        <source>受众现在不能改</source>
        <translation>The audience cannot be changed now</translation>
    </message>
    <message>
        <source>改动受众会使核验和批准作废，须重新核验、批准和安排发送。</source>
        <translation>Changing the audience voids the screening and the approval; you would have to screen, approve and schedule again.</translation>
    </message>
    <message>
        <source>活动已批准，受众已锁定</source>
        <translation>Campaign approved, audience locked</translation>
    </message>
    <message>
        <source>修改受众</source>
        <translation>Change audience</translation>
    </message>
    <message>
        <source>这个受众已核验</source>
        <translation>This audience has been screened</translation>
    </message>
    <message>
        <source>改动受众会使核验作废，须重新核验。</source>
        <translation>Changing the audience voids the screening; you would have to screen again.</translation>
    </message>
    <message>
        <source>受众或内容改过，须重新核验后才能批准。</source>
        <translation>The audience or content was changed; screen again before approving.</translation>
    </message>
    <message>
        <source>上次核验已作废</source>
        <translation>The last screening is void</translation>
    </message>
    <message>
        <source>去核验</source>
        <translation>Go to Screening</translation>
    </message>
    <message>
        <source>正在核验，等核验结束就可以改。</source>
        <translation>Screening in progress; the audience can be changed when it ends.</translation>
    </message>
    <message>
        <source>活动已结束。要再发一次，请在列表里复制为新草稿。</source>
        <translation>The campaign has ended. To send it again, duplicate it in the list as a new draft.</translation>
    </message>
    <message>
        <source>已经开始发送。要发给别的客户，请在列表里复制为新草稿。</source>
        <translation>Sending has begun. To reach other customers, duplicate the campaign in the list as a new draft.</translation>
    </message>
    <message>
        <source>受众刚在另一个窗口改过，现在存下的是这里的条件。</source>
        <translation>The audience was just changed in another window; what is saved now are the conditions of this one.</translation>
    </message>
    <message>
        <source>用另一个窗口的条件</source>
        <translation>Use the other window&apos;s conditions</translation>
    </message>
    <message>
        <source>受众刚在另一个窗口改过，这里显示的是那边的条件。</source>
        <translation>The audience was just changed in another window, whose conditions stand here now.</translation>
    </message>
    <message>
        <source>用我的条件</source>
        <translation>Use my conditions</translation>
    </message>
</context>
<context>
    <name>BackupDialog</name>
    <message>
        <source>开始备份</source>
        <translation>Back up</translation>
    </message>
    <message>
        <source>备份工作区</source>
        <translation>Back up the workspace</translation>
    </message>
    <message>
        <source>备份进度</source>
        <translation>Backup progress</translation>
    </message>
    <message>
        <source>备份文件</source>
        <translation>Backup file</translation>
    </message>
    <message>
        <source>单独的口令：换一台电脑也能打开</source>
        <translation>A passphrase of its own: opens on another computer too</translation>
    </message>
    <message>
        <source>工作区现在的口令：换一台电脑也能打开</source>
        <translation>The workspace&apos;s passphrase: opens on any computer</translation>
    </message>
    <message>
        <source>本机的系统钥匙串：这台电脑坏了就打不开</source>
        <translation>This computer&apos;s keychain: lost if this computer dies</translation>
    </message>
    <message>
        <source>备份是一个加密的文件，正在进行的发送不受影响；写完才替换同名的旧备份。请另存到别的磁盘。</source>
        <translation>A backup is one encrypted file; sending goes on meanwhile, and an older backup of that name is replaced only at the end. Keep it on another disk.</translation>
    </message>
    <message>
        <source>口令不会保存在任何地方，忘记后谁也打不开这份备份。</source>
        <translation>The passphrase is stored nowhere; if it is forgotten, nobody can open this backup.</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>由什么打开</source>
        <translation>What opens it</translation>
    </message>
    <message>
        <source>允发备份</source>
        <translation>Yunfa backup</translation>
    </message>
    <message>
        <source>备份到</source>
        <translation>Back up to</translation>
    </message>
    <message>
        <source>已备份到 {}。</source>
        <translation>Backed up to {}.</translation>
    </message>
</context>
<context>
    <name>BarRow</name>
    <message>
        <source>{}：{}，{}</source>
        <translation>{}: {}, {}</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
<context>
    <name>Bars</name>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
</context>
<context>
    <name>BesideDialog</name>
    <message>
        <source>各通道预览</source>
        <translation>All senders</translation>
    </message>
    <message>
        <source>也看没有连接的服务商</source>
        <translation>Providers not connected, too</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>写下正文后，这里并排显示每个通道怎么发：文字、字数、条数和模板。</source>
        <translation>Once there is a text, each sender&apos;s version stands here side by side: words, characters, parts and template.</translation>
    </message>
    <message>
        <source>文案有改动，正在核对…</source>
        <translation>The text has changed; checking…</translation>
    </message>
    <message>
        <source>受众里还没有人，以示例资料显示</source>
        <translation>Nobody in the audience yet; shown with example data</translation>
    </message>
    <message>
        <source>与手机预览是同一位收件人：{}</source>
        <translation>The recipient of the phone preview: {}</translation>
    </message>
    <message>
        <source>各通道的样子</source>
        <translation>How each sender carries it</translation>
    </message>
    <message>
        <source>还没有发送通道</source>
        <translation>No sender account yet</translation>
    </message>
    <message>
        <source>连接平台或短信服务商的账户后，这里并排显示这条短信在每个通道的样子。现在可以先看各家服务商怎么要求。</source>
        <translation>Connect an account of a platform or an SMS provider, and this message stands here side by side as each sender carries it. What the providers ask can be seen now.</translation>
    </message>
    <message>
        <source>去设置里连接</source>
        <translation>Connect in settings</translation>
    </message>
</context>
<context>
    <name>Bubble</name>
    <message>
        <source>此处会把一个字符切成两段</source>
        <translation>A character is cut in two here</translation>
    </message>
</context>
<context>
    <name>BudgetCard</name>
    <message>
        <source>本活动预算（元）</source>
        <translation>Budget of this campaign (yuan)</translation>
    </message>
    <message>
        <source>元</source>
        <translation>yuan</translation>
    </message>
    <message>
        <source>不限</source>
        <translation>No limit</translation>
    </message>
    <message>
        <source>预算与费用</source>
        <translation>Budget and cost</translation>
    </message>
    <message>
        <source>本活动预算</source>
        <translation>Its budget</translation>
    </message>
    <message>
        <source>单价未填</source>
        <translation>No price set</translation>
    </message>
    <message>
        <source>请填 0 或以上的金额，最小到 0.0001。</source>
        <translation>Enter an amount of 0 or more, in steps of 0.0001.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{parts} 条 × {people} 人</source>
        <translation>{parts} × {people}</translation>
    </message>
    <message>
        <source>等</source>
        <translation>, …</translation>
    </message>
    <message>
        <source>按核验后的每个人计：共 {parts} 条</source>
        <translation>Counted for everybody screened: {parts} parts</translation>
    </message>
    <message>
        <source>按核验后的每个人计：共 {parts} 条（{listed}）</source>
        <translation>Counted for everybody screened: {parts} parts (parts × people: {listed})</translation>
    </message>
    <message>
        <source>{names} 的单价在“设置 → 费用与预算”里填。</source>
        <translation>Set the price of {names} at Settings → Costs and budgets.</translation>
    </message>
    <message>
        <source>不填即不限。会超出预算就不会开始。</source>
        <translation>Empty means no limit. What would exceed it does not begin.</translation>
    </message>
</context>
<context>
    <name>Builder</name>
    <message>
        <source>满足以下</source>
        <translation>Customers matching</translation>
    </message>
    <message>
        <source>条件的客户</source>
        <translation>of these conditions</translation>
    </message>
    <message>
        <source>添加条件</source>
        <translation>Add condition</translation>
    </message>
    <message>
        <source>添加条件组</source>
        <translation>Add group</translation>
    </message>
    <message>
        <source>一组条件合成一个条件，例如“省份是浙江，或标签有会员”</source>
        <translation>A group acts as one condition, such as &quot;province is Zhejiang, or tag has member&quot;</translation>
    </message>
    <message>
        <source>并且</source>
        <translation>and</translation>
    </message>
    <message>
        <source>或者</source>
        <translation>or</translation>
    </message>
</context>
<context>
    <name>CampaignEditor</name>
    <message>
        <source>受众</source>
        <translation>Audience</translation>
    </message>
    <message>
        <source>内容</source>
        <translation>Content</translation>
    </message>
    <message>
        <source>核验</source>
        <translation>Screening</translation>
    </message>
    <message>
        <source>发送</source>
        <translation>Send</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Results</translation>
    </message>
    <message>
        <source>下一步：{}</source>
        <translation>Next: {}</translation>
    </message>
    <message>
        <source>{}：点按即可改名</source>
        <translation>{}: click to rename</translation>
    </message>
    <message>
        <source>{} · {}用途</source>
        <translation>{} · Purpose: {}</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving…</translation>
    </message>
    <message>
        <source>有改动没有存下来</source>
        <translation>Some changes could not be saved</translation>
    </message>
    <message>
        <source>有没填好的条件，未保存</source>
        <translation>Incomplete conditions, not saved</translation>
    </message>
    <message>
        <source>已保存</source>
        <translation>Saved</translation>
    </message>
    <message>
        <source>现在返回会丢掉没有存下来的改动；留在这里可以点“重试”再存一次。</source>
        <translation>Going back now loses the changes that were not saved. Stay here and choose &quot;Retry&quot; to save them again.</translation>
    </message>
    <message numerus="yes">
        <source>受众有 %Ln 个条件没填好</source>
        <translation>
            <numerusform>The audience has %Ln incomplete condition</numerusform>
            <numerusform>The audience has %Ln incomplete conditions</numerusform>
        </translation>
    </message>
    <message>
        <source>没填好的条件不会保存，受众仍是之前保存的样子。</source>
        <translation>Incomplete conditions are not saved; the audience stays as last saved.</translation>
    </message>
    <message>
        <source>放弃并返回</source>
        <translation>Discard and leave</translation>
    </message>
    <message>
        <source>继续填写</source>
        <translation>Keep editing</translation>
    </message>
    <message>
        <source>返回列表</source>
        <translation>Back to list</translation>
    </message>
    <message>
        <source>活动名称</source>
        <translation>Campaign name</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Retry</translation>
    </message>
    <message>
        <source>上一步</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>全部客户</source>
        <translation>All customers</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 个条件</source>
        <translation>
            <numerusform>%Ln condition</numerusform>
            <numerusform>%Ln conditions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln 个条件没填好</source>
        <translation>
            <numerusform>%Ln condition incomplete</numerusform>
            <numerusform>%Ln conditions incomplete</numerusform>
        </translation>
    </message>
    <message>
        <source>没有存下来</source>
        <translation>Not saved</translation>
    </message>
    <message>
        <source>没有人</source>
        <translation>Nobody</translation>
    </message>
    <message numerus="yes">
        <source>{} 人</source>
        <translation>
            <numerusform>{} person</numerusform>
            <numerusform>{} people</numerusform>
        </translation>
    </message>
    <message>
        <source>未填写</source>
        <translation>Empty</translation>
    </message>
    <message>
        <source>未选签名</source>
        <translation>No signature</translation>
    </message>
    <message>
        <source>未写正文</source>
        <translation>No text</translation>
    </message>
    <message>
        <source>已填写</source>
        <translation>Written</translation>
    </message>
    <message>
        <source>有必须修改处</source>
        <translation>Must fix</translation>
    </message>
    <message>
        <source>未核验</source>
        <translation>Not screened</translation>
    </message>
    <message>
        <source>核验中</source>
        <translation>Screening</translation>
    </message>
    <message>
        <source>已失效，须重做</source>
        <translation>Void, redo</translation>
    </message>
    <message>
        <source>没有完成</source>
        <translation>Not completed</translation>
    </message>
    <message>
        <source>无人可发送</source>
        <translation>Nobody eligible</translation>
    </message>
    <message>
        <source>{} 人可发送</source>
        <translation>{} eligible</translation>
    </message>
    <message>
        <source>未批准</source>
        <translation>Not approved</translation>
    </message>
    <message>
        <source>待安排时间</source>
        <translation>Not scheduled</translation>
    </message>
    <message>
        <source>已定时</source>
        <translation>Scheduled</translation>
    </message>
    <message>
        <source>发送中</source>
        <translation>Sending</translation>
    </message>
    <message>
        <source>等待处理</source>
        <translation>Waiting for you</translation>
    </message>
    <message>
        <source>取消中</source>
        <translation>Cancelling</translation>
    </message>
    <message>
        <source>已取消</source>
        <translation>Cancelled</translation>
    </message>
    <message>
        <source>已完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>尚无结果</source>
        <translation>No results yet</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 件投诉</source>
        <translation>
            <numerusform>%Ln complaint</numerusform>
            <numerusform>%Ln complaints</numerusform>
        </translation>
    </message>
    <message>
        <source>已提交 {}</source>
        <translation>Submitted {}</translation>
    </message>
    <message>
        <source>送达 {}</source>
        <translation>Delivered {}</translation>
    </message>
</context>
<context>
    <name>CampaignList</name>
    <message>
        <source>全部</source>
        <translation>All</translation>
    </message>
    <message>
        <source>需处理</source>
        <translation>Needs you</translation>
    </message>
    <message>
        <source>草稿</source>
        <translation>Drafts</translation>
    </message>
    <message>
        <source>待发送</source>
        <translation>To send</translation>
    </message>
    <message>
        <source>发送中</source>
        <translation>Sending</translation>
    </message>
    <message>
        <source>已结束</source>
        <translation>Ended</translation>
    </message>
    <message>
        <source>按状态筛选</source>
        <translation>Filter by state</translation>
    </message>
    <message>
        <source>按名称查找活动</source>
        <translation>Find campaigns by name</translation>
    </message>
    <message>
        <source>按名称查找</source>
        <translation>Find by name</translation>
    </message>
    <message>
        <source>{}（副本）</source>
        <translation>{} (copy)</translation>
    </message>
    <message>
        <source>已复制为草稿“{}”，受众和文案都带过来了。</source>
        <translation>Duplicated as the draft &quot;{}&quot;, with its audience and text.</translation>
    </message>
    <message>
        <source>只有草稿可以删除；批准过或发送过的活动留作记录，可以取消。</source>
        <translation>Only drafts can be deleted. Campaigns that were approved or sent stay on record; they can be cancelled.</translation>
    </message>
    <message>
        <source>删除草稿“{}”？</source>
        <translation>Delete the draft &quot;{}&quot;?</translation>
    </message>
    <message>
        <source>删除后不能恢复。客户、同意记录和其他活动不受影响。</source>
        <translation>This cannot be undone. Customers, consent records and other campaigns are not affected.</translation>
    </message>
    <message>
        <source>删除草稿</source>
        <translation>Delete draft</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
    <message>
        <source>去处理</source>
        <translation>Resolve</translation>
    </message>
    <message>
        <source>正在读取活动…</source>
        <translation>Loading campaigns…</translation>
    </message>
    <message>
        <source>先连接店铺账户</source>
        <translation>Connect a shop account first</translation>
    </message>
    <message>
        <source>活动只发给平台接口确认同意过的客户，所以先要连接一个平台账户，客户会自动同步进来。</source>
        <translation>Campaigns only reach customers whose consent the platform API confirms, so connect a platform account first; its customers are synced automatically.</translation>
    </message>
    <message>
        <source>去设置连接账户</source>
        <translation>Connect in Settings</translation>
    </message>
    <message>
        <source>还没有活动</source>
        <translation>No campaigns yet</translation>
    </message>
    <message>
        <source>一个活动分五步：选受众、写内容、核验、发送、看结果。没有平台确认的同意，就不会发给任何人。</source>
        <translation>A campaign takes five steps: pick the audience, write the content, screen, send, see the results. Without a consent confirmed by the platform, nobody is sent anything.</translation>
    </message>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>没有符合条件的活动</source>
        <translation>No matching campaigns</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
</context>
<context>
    <name>CampaignTable</name>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>受众</source>
        <translation>Audience</translation>
    </message>
    <message>
        <source>已提交</source>
        <translation>Submitted</translation>
    </message>
    <message>
        <source>已送达</source>
        <translation>Delivered</translation>
    </message>
    <message>
        <source>计划发送</source>
        <translation>Planned for</translation>
    </message>
    <message>
        <source>最近改动</source>
        <translation>Last change</translation>
    </message>
    <message>
        <source>{} · {}</source>
        <translation>{} · {}</translation>
    </message>
    <message>
        <source>打开、复制、删除</source>
        <translation>Open, duplicate, delete</translation>
    </message>
</context>
<context>
    <name>CampaignTableView</name>
    <message>
        <source>活动列表</source>
        <translation>Campaign list</translation>
    </message>
    <message>
        <source>打开</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>谁做过什么</source>
        <translation>Who did what</translation>
    </message>
</context>
<context>
    <name>CampaignsPage</name>
    <message>
        <source>活动</source>
        <translation>Campaigns</translation>
    </message>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>放弃并关闭</source>
        <translation>Discard and close</translation>
    </message>
    <message>
        <source>已复制为草稿“{}”。改好文案后重新核验、批准。</source>
        <translation>Copied as the draft &quot;{}&quot;. Correct its text, then screen and approve it.</translation>
    </message>
    <message>
        <source>{}（副本）</source>
        <translation>{} (copy)</translation>
    </message>
    <message>
        <source>放弃并打开</source>
        <translation>Discard and open</translation>
    </message>
    <message>
        <source>活动“{}”已在另一个窗口被删除。</source>
        <translation>The campaign &quot;{}&quot; was deleted in another window.</translation>
    </message>
    <message>
        <source>复制它的文案</source>
        <translation>Copy its text</translation>
    </message>
</context>
<context>
    <name>CaseDrawer</name>
    <message>
        <source>投诉的详情</source>
        <translation>Details of the complaint</translation>
    </message>
    <message>
        <source>投诉 {}</source>
        <translation>Complaint {}</translation>
    </message>
    <message>
        <source>对应的短信</source>
        <translation>The message</translation>
    </message>
    <message>
        <source>处理</source>
        <translation>Handling</translation>
    </message>
    <message>
        <source>投诉人</source>
        <translation>Complainant</translation>
    </message>
    <message>
        <source>号码已删除</source>
        <translation>Number erased</translation>
    </message>
    <message>
        <source>投诉时间</source>
        <translation>Made at</translation>
    </message>
    <message>
        <source>收到时间</source>
        <translation>Received at</translation>
    </message>
    <message>
        <source>投诉内容</source>
        <translation>What it says</translation>
    </message>
    <message>
        <source>被诉端口</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>被诉签名</source>
        <translation>Signature</translation>
    </message>
    <message>
        <source>负责人</source>
        <translation>Owner</translation>
    </message>
    <message>
        <source>还没有人认领</source>
        <translation>Nobody yet</translation>
    </message>
    <message numerus="yes">
        <source>投诉前 30 天内给这个人发过 %Ln 条，请核对是哪一条。</source>
        <translation>
            <numerusform>%Ln message was sent to this person in the 30 days before. Is it this one?</numerusform>
            <numerusform>%Ln messages were sent to this person in the 30 days before. Say which one it is.</numerusform>
        </translation>
    </message>
    <message>
        <source>同一时期还发过：</source>
        <translation>Also sent in that time:</translation>
    </message>
    <message>
        <source>都不是</source>
        <translation>None of these</translation>
    </message>
    <message>
        <source>只查了“{}”发的短信。别的主体也可能发过：那要在那个主体下另行登记。</source>
        <translation>Only what &quot;{}&quot; sent was looked through. Another entity may have sent something: enter the complaint for that one, too.</translation>
    </message>
    <message>
        <source>结果不明</source>
        <translation>Unknown outcome</translation>
    </message>
    <message>
        <source>{campaign} · {at} · {outcome}</source>
        <translation>{campaign} · {at} · {outcome}</translation>
    </message>
    <message>
        <source>投诉里写的是另一个签名</source>
        <translation>The complaint names another signature</translation>
    </message>
    <message>
        <source>看此人的同意记录</source>
        <translation>This person&apos;s consents</translation>
    </message>
    <message>
        <source>是这一条</source>
        <translation>It is this one</translation>
    </message>
    <message>
        <source>由谁负责</source>
        <translation>Who answers for it</translation>
    </message>
    <message>
        <source>认领</source>
        <translation>Take on</translation>
    </message>
    <message>
        <source>备注或答复</source>
        <translation>Note or answer</translation>
    </message>
    <message>
        <source>备注，或向谁、怎样答复</source>
        <translation>A note, or whom you answered and how</translation>
    </message>
    <message>
        <source>加备注</source>
        <translation>Add note</translation>
    </message>
    <message>
        <source>登记答复</source>
        <translation>Answered</translation>
    </message>
    <message>
        <source>结案</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>重新处理</source>
        <translation>Reopen</translation>
    </message>
    <message>
        <source>导出举证包…</source>
        <translation>Export case pack…</translation>
    </message>
    <message>
        <source>先对上短信，才有可以举证的内容。</source>
        <translation>Match it to a message first: there is nothing to prove yet.</translation>
    </message>
    <message>
        <source>经过</source>
        <translation>History</translation>
    </message>
</context>
<context>
    <name>CaseFileDialog</name>
    <message>
        <source>从文件导入投诉</source>
        <translation>Import complaints from a file</translation>
    </message>
    <message>
        <source>被投诉的主体</source>
        <translation>Entity complained of</translation>
    </message>
    <message>
        <source>由谁转来</source>
        <translation>Handed on by</translation>
    </message>
    <message>
        <source>每行一个投诉：投诉人号码和投诉时间必填，同一编号不会登记两次。登记后投诉人立即加入拒收名单。</source>
        <translation>One complaint a line; the complainant&apos;s number and the time are needed, and no number of a complaint is entered twice. Whoever complains is suppressed at once.</translation>
    </message>
    <message>
        <source>先选择主体</source>
        <translation>Choose the entity first</translation>
    </message>
    <message numerus="yes">
        <source>登记 %Ln 个投诉</source>
        <translation>
            <numerusform>Enter %Ln complaint</numerusform>
            <numerusform>Enter %Ln complaints</numerusform>
        </translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>已登记 {added} 个，</source>
        <translation>{added} entered, </translation>
    </message>
    <message>
        <source>可以登记 {added} 个，</source>
        <translation>{added} can be entered, </translation>
    </message>
    <message>
        <source>共 {rows} 行。</source>
        <translation>{rows} rows in all. </translation>
    </message>
    <message>
        <source>其余没有登记：{why}。</source>
        <translation>Not entered: {why}.</translation>
    </message>
</context>
<context>
    <name>CaseWords</name>
    <message>
        <source>超期 {} 天</source>
        <translation>{} d over</translation>
    </message>
    <message>
        <source>今天到期</source>
        <translation>Due today</translation>
    </message>
    <message>
        <source>{} 前</source>
        <translation>By {}</translation>
    </message>
    <message>
        <source>{what}：{day} 前（收到后 {count} 个工作日）</source>
        <translation>{what} by {day} ({count} working days after receipt)</translation>
    </message>
    <message>
        <source>依据：{}</source>
        <translation>After: {}</translation>
    </message>
    <message>
        <source>这是征求意见稿，从未生效，只作内部期限。</source>
        <translation>A draft that never came into force; a deadline of our own.</translation>
    </message>
    <message>
        <source>条文未与原文核对。</source>
        <translation>Not compared with the original text.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{} 年的节假日安排还没有，只按周末计算。</source>
        <translation>The holidays of {} are not known yet: only weekends count.</translation>
    </message>
    <message>
        <source>{source}（{way}）</source>
        <translation>{source} ({way})</translation>
    </message>
    <message>
        <source>{at} · {who} · {what}</source>
        <translation>{at} · {who} · {what}</translation>
    </message>
</context>
<context>
    <name>CasesPanel</name>
    <message>
        <source>投诉</source>
        <translation>Complaints</translation>
    </message>
    <message>
        <source>登记投诉…</source>
        <translation>Enter complaint…</translation>
    </message>
    <message>
        <source>从文件导入…</source>
        <translation>Import from file…</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message numerus="yes">
        <source>共 {count} 个投诉。</source>
        <translation>
            <numerusform>{count} complaint. </numerusform>
            <numerusform>{count} complaints. </numerusform>
        </translation>
    </message>
    <message>
        <source>投诉人在登记或收到时已加入拒收名单，不能解除。</source>
        <translation>Whoever complains is suppressed as it comes in, for good.</translation>
    </message>
    <message>
        <source>投诉已登记，并对上了一条短信；投诉人已加入拒收名单。</source>
        <translation>Complaint entered and matched to a message; its person is suppressed.</translation>
    </message>
    <message>
        <source>投诉已登记，有几条短信要人核对；投诉人已加入拒收名单。</source>
        <translation>Complaint entered; say which message it is about. Its person is suppressed.</translation>
    </message>
    <message>
        <source>投诉已登记，没有找到对应的短信；投诉人已加入拒收名单。</source>
        <translation>Complaint entered; no message was found. Its person is suppressed.</translation>
    </message>
    <message>
        <source>举证包已导出：{file}</source>
        <translation>Case pack exported: {file}</translation>
    </message>
    <message>
        <source>待处理</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>已答复</source>
        <translation>Answered</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>All</translation>
    </message>
    <message>
        <source>按状态筛选</source>
        <translation>Filter by state</translation>
    </message>
    <message>
        <source>查找投诉</source>
        <translation>Find complaints</translation>
    </message>
    <message>
        <source>手机号、标识、编号或内容</source>
        <translation>Whole number, ref or words</translation>
    </message>
    <message>
        <source>没有待处理的投诉</source>
        <translation>No open complaints</translation>
    </message>
    <message>
        <source>平台转来的投诉会自动登记；12321、运营商或本人的投诉可以手工登记，或从文件导入。</source>
        <translation>Complaints that a platform hands on come in by themselves; those of 12321, carriers or the person are entered by hand or from a file.</translation>
    </message>
    <message>
        <source>先连接店铺账户，才能登记投诉</source>
        <translation>Connect a shop first, then enter complaints</translation>
    </message>
    <message>
        <source>投诉登记在被投诉的主体名下，主体随店铺账户一起连接。连接之后，平台转来的投诉也会自动登记。</source>
        <translation>A complaint is entered for the entity it is about, which comes with the account of its shop. Once connected, complaints that the platform passes on are entered by themselves.</translation>
    </message>
    <message>
        <source>去连接账户</source>
        <translation>Connect an account</translation>
    </message>
    <message>
        <source>没有符合条件的投诉</source>
        <translation>No complaint matches</translation>
    </message>
    <message>
        <source>手机号、客户标识和编号要输入完整；也可以输入内容里的几个字。</source>
        <translation>Type whole numbers and refs, or some words of what it says.</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
    <message>
        <source>收到</source>
        <translation>Received</translation>
    </message>
    <message>
        <source>期限</source>
        <translation>Deadline</translation>
    </message>
    <message>
        <source>投诉人</source>
        <translation>Complainant</translation>
    </message>
    <message>
        <source>号码已删除</source>
        <translation>Number erased</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Source</translation>
    </message>
    <message>
        <source>内容</source>
        <translation>What it says</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>负责人</source>
        <translation>Owner</translation>
    </message>
</context>
<context>
    <name>CheckDialog</name>
    <message>
        <source>验证</source>
        <translation>Verify</translation>
    </message>
    <message>
        <source>验证证据文件</source>
        <translation>Verify a file of evidence</translation>
    </message>
    <message>
        <source>验证进度</source>
        <translation>Progress of the verification</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>证据文件</source>
        <translation>File of evidence</translation>
    </message>
    <message>
        <source>先前抄录的链头</source>
        <translation>Head noted earlier</translation>
    </message>
    <message>
        <source>先前抄录的链头（可不填）</source>
        <translation>Head noted earlier (optional)</translation>
    </message>
    <message>
        <source>文件不会被改动，也不会离开这台电脑。填上先前抄录的链头，才能看出结尾被截掉。</source>
        <translation>The file is not changed and does not leave this computer. Only a head noted earlier tells that the end was cut off.</translation>
    </message>
    <message>
        <source>选择…</source>
        <translation>Choose…</translation>
    </message>
    <message>
        <source>成立：内容完整，与签名和审计链相符。</source>
        <translation>It holds: nothing is missing, and signatures and audit chain agree.</translation>
    </message>
    <message>
        <source>不成立。</source>
        <translation>It does not hold. </translation>
    </message>
    <message>
        <source>问题在第 {n} 行。</source>
        <translation>The problem is in line {n}.</translation>
    </message>
    <message>
        <source>填的链头早于记下这些短信的那条审计记录：原文、接收人和时间可能是后来编的。</source>
        <translation>The given head is older than the entry that tells of these messages: text, receivers and times could have been made up since.</translation>
    </message>
    <message>
        <source>一个人的证据：短信与它那一批交给通道时写下的第 {n} 条审计记录相符。</source>
        <translation>One person&apos;s evidence: the message is what entry {n} of the audit was told when its batch was handed over.</translation>
    </message>
    <message>
        <source>同意由平台签名。</source>
        <translation> The platform signed the consent.</translation>
    </message>
    <message>
        <source>同意没有平台的签名。</source>
        <translation> The consent was not signed by the platform.</translation>
    </message>
    <message>
        <source>共发给 {people} 人；文件里有 {signed} 人的同意由平台签名，{other} 人的没有签名。</source>
        <translation>Sent to {people} people. In this file the platform signed the consent of {signed}; for {other} there is no signature.</translation>
    </message>
    <message>
        <source>签发方：{issuers}。</source>
        <translation>Issuer: {issuers}.</translation>
    </message>
    <message>
        <source>活动“{campaign}”，主体 {entity}。</source>
        <translation>Campaign &quot;{campaign}&quot; of {entity}.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>平台是模拟的，不能当作真实的证据。</source>
        <translation>The platform is simulated: this is no real evidence.</translation>
    </message>
    <message>
        <source>没有与先前抄录的链头核对。</source>
        <translation>It was not compared with a head noted earlier.</translation>
    </message>
    <message>
        <source>链头：{head}</source>
        <translation>Head: {head}</translation>
    </message>
    <message>
        <source>含 {n} 个时间戳，最后一个到第 {entry} 条为止：{at}，{who}，根证书指纹 {ca}。没有与机构的证书核对。</source>
        <translation>{n} time stamps, the last up to entry {entry}: {at}, {who}, root certificate {ca}. They were not compared with the authority&apos;s certificate.</translation>
    </message>
    <message>
        <source>允发证据</source>
        <translation>Yunfa evidence</translation>
    </message>
    <message>
        <source>所有文件 (*)</source>
        <translation>All files (*)</translation>
    </message>
    <message>
        <source>选择证据文件</source>
        <translation>Choose a file of evidence</translation>
    </message>
</context>
<context>
    <name>CheckRow</name>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
<context>
    <name>CheckWords</name>
    <message numerus="yes">
        <source>有 %Ln 项要先处理</source>
        <translation>
            <numerusform>%Ln item to resolve first</numerusform>
            <numerusform>%Ln items to resolve first</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>有 %Ln 项请您看一下</source>
        <translation>
            <numerusform>%Ln item for you to look at</numerusform>
            <numerusform>%Ln items for you to look at</numerusform>
        </translation>
    </message>
    <message>
        <source>全部通过</source>
        <translation>All passed</translation>
    </message>
    <message>
        <source>等核验完成</source>
        <translation>Waiting for the screening</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>照现在的情况，到时不会发出，会停下等您处理；余下的人和批准都保留。</source>
        <translation>As things stand it will not leave at its time: it will stop and wait for you. The people left and the approval are kept.</translation>
    </message>
    <message numerus="yes">
        <source>确认 %Ln 条提醒</source>
        <translation>
            <numerusform>Confirm %Ln warning</numerusform>
            <numerusform>Confirm %Ln warnings</numerusform>
        </translation>
    </message>
    <message>
        <source>输入人数</source>
        <translation>the number of recipients</translation>
    </message>
    <message>
        <source>还需：{}</source>
        <translation>Still needed: {}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>通过</source>
        <translation>Passed</translation>
    </message>
    <message>
        <source>请看</source>
        <translation>Look</translation>
    </message>
    <message>
        <source>未通过</source>
        <translation>Failed</translation>
    </message>
    <message>
        <source>我已确认，按此发送</source>
        <translation>Checked; send as it is</translation>
    </message>
    <message>
        <source>等核验</source>
        <translation>Waiting</translation>
    </message>
    <message>
        <source>{} 等 {} 个</source>
        <translation>{} and others, {} in all</translation>
    </message>
    <message>
        <source>重新启动</source>
        <translation>Restart</translation>
    </message>
    <message>
        <source>选时间</source>
        <translation>Pick a time</translation>
    </message>
    <message>
        <source>去核验</source>
        <translation>Screen</translation>
    </message>
    <message>
        <source>去登记</source>
        <translation>Record it</translation>
    </message>
    <message>
        <source>去设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>去修改</source>
        <translation>Edit</translation>
    </message>
</context>
<context>
    <name>ChipNames</name>
    <message>
        <source>变量</source>
        <translation>Variables</translation>
    </message>
</context>
<context>
    <name>Closing</name>
    <message>
        <source>有改动没有存下来</source>
        <translation>Some changes could not be saved</translation>
    </message>
    <message>
        <source>现在关闭会丢掉它们。返回后请先排除原因，例如清理磁盘，再点“重试”。</source>
        <translation>Closing now loses them. Go back, remove the cause, such as a full disk, and choose &quot;Retry&quot;.</translation>
    </message>
    <message>
        <source>放弃并关闭</source>
        <translation>Discard and close</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Go back</translation>
    </message>
</context>
<context>
    <name>ClosingDialog</name>
    <message>
        <source>还有活动没有发完</source>
        <translation>Some campaigns are not finished</translation>
    </message>
    <message>
        <source>最小化到托盘</source>
        <translation>Minimize to tray</translation>
    </message>
    <message>
        <source>最小化窗口</source>
        <translation>Minimize window</translation>
    </message>
    <message>
        <source>仍要退出</source>
        <translation>Quit anyway</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>登录后由后台进程接着发</source>
        <translation>Leave it to the worker at login</translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 个活动</source>
        <translation>
            <numerusform>%Ln more campaign</numerusform>
            <numerusform>%Ln more campaigns</numerusform>
        </translation>
    </message>
    <message>
        <source>正在发送</source>
        <translation>Sending</translation>
    </message>
    <message>
        <source>定时 {at}</source>
        <translation>Scheduled {at}</translation>
    </message>
    <message>
        <source>“{name}”  {state}</source>
        <translation>&quot;{name}&quot;  {state}</translation>
    </message>
    <message>
        <source>这是演示：退出后模拟发送停止，演示数据全部删除。</source>
        <translation>This is a demo: when you quit, the simulated sending stops and all demo data is deleted.</translation>
    </message>
    <message>
        <source>后台进程独立运行：退出窗口不影响发送，活动按时继续。</source>
        <translation>The worker runs on its own: quitting the window does not affect sending, and campaigns continue on time.</translation>
    </message>
    <message>
        <source>退出后发送暂停，还没发出的短信留在原处，不会丢失也不会重复；最迟在下次打开或登录这台电脑时接着发。若那时已过当天可发送的时间，活动会等您重新安排，不会自动补发。</source>
        <translation>Quitting pauses the sending. Unsent messages stay where they are, neither lost nor doubled, and continue at the latest when you open the program or log in to this computer again. If the day&apos;s sending window is over by then, the campaign waits for you to reschedule it; nothing is sent late automatically.</translation>
    </message>
    <message>
        <source>退出后发送暂停，还没发出的短信留在原处，不会丢失也不会重复；下次打开时接着发。若那时已过当天可发送的时间，活动会等您重新安排，不会自动补发。</source>
        <translation>Quitting pauses the sending. Unsent messages stay where they are, neither lost nor doubled, and continue when you open the program again. If the day&apos;s sending window is over by then, the campaign waits for you to reschedule it; nothing is sent late automatically.</translation>
    </message>
    <message>
        <source>最小化到托盘后，窗口收起，发送照常进行；从托盘图标可以再打开。</source>
        <translation>Minimized to the tray, the window is out of the way and sending continues; reopen it from the tray icon.</translation>
    </message>
    <message>
        <source>最小化后，发送照常进行；从任务栏可以再打开。</source>
        <translation>Minimized, sending continues; reopen the window from the taskbar.</translation>
    </message>
    <message>
        <source>登录后由后台进程接着发：窗口关闭后立即由后台进程接手，以后每次登录这台电脑自动启动。</source>
        <translation>Leave it to the worker at login: a worker takes over as soon as the window is closed, and starts each time you log in to this computer.</translation>
    </message>
</context>
<context>
    <name>ColumnsDialog</name>
    <message>
        <source>列和排序</source>
        <translation>Columns and order</translation>
    </message>
    <message>
        <source>显示的列</source>
        <translation>Columns that are shown</translation>
    </message>
    <message>
        <source>上移</source>
        <translation>Up</translation>
    </message>
    <message>
        <source>下移</source>
        <translation>Down</translation>
    </message>
    <message>
        <source>列宽（像素）</source>
        <translation>Width of the column (pixels)</translation>
    </message>
    <message>
        <source>恢复默认</source>
        <translation>As they were</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>列宽</source>
        <translation>Width</translation>
    </message>
    <message>
        <source>空格键显示或隐藏一列；在表头上也可以拖动列、改列宽。</source>
        <translation>Space shows or hides a column. In the head of the table columns can be dragged and made wider, too.</translation>
    </message>
    <message>
        <source>列</source>
        <translation>Columns</translation>
    </message>
    <message>
        <source>排序</source>
        <translation>Order</translation>
    </message>
    <message>
        <source>同步的先后</source>
        <translation>As they came in</translation>
    </message>
    <message>
        <source>其他列不能排序：内容加了密，或来自别的记录，一千万人时排不动。</source>
        <translation>The other columns cannot be sorted by: they are encrypted or come from other records, which takes too long for ten million people.</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>显示“第一次活动”指引</source>
        <translation>Show the first-campaign guide</translation>
    </message>
</context>
<context>
    <name>CompareCard</name>
    <message>
        <source>与以前的活动比较</source>
        <translation>Beside earlier campaigns</translation>
    </message>
    <message>
        <source>同一主体、同一用途还没有更早发出的活动，以后可以在这里比较。</source>
        <translation>No earlier campaign of this entity and purpose was sent; later ones can be compared here.</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>发送时间</source>
        <translation>Sent at</translation>
    </message>
    <message>
        <source>本次：{}</source>
        <translation>This one: {}</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>比较两次回头看</source>
        <translation>Compare two look-backs</translation>
    </message>
    <message>
        <source>较早的一次</source>
        <translation>The older one</translation>
    </message>
    <message>
        <source>较晚的一次</source>
        <translation>The newer one</translation>
    </message>
    <message>
        <source>两次的差别</source>
        <translation>What differs</translation>
    </message>
    <message>
        <source>较早</source>
        <translation>Older</translation>
    </message>
    <message>
        <source>较晚</source>
        <translation>Newer</translation>
    </message>
    <message>
        <source>正在比较…</source>
        <translation>Comparing…</translation>
    </message>
    <message>
        <source>新出现 {new} 条，已消失 {gone} 条，没变 {same} 条。只比两次都复查过的短信。</source>
        <translation>{new} new, {gone} gone, {same} the same. Only messages that both looked at are compared.</translation>
    </message>
    <message>
        <source>新出现</source>
        <translation>New</translation>
    </message>
    <message>
        <source>已消失</source>
        <translation>Gone</translation>
    </message>
    <message>
        <source>变化</source>
        <translation>Change</translation>
    </message>
</context>
<context>
    <name>CompliancePage</name>
    <message>
        <source>合规</source>
        <translation>Compliance</translation>
    </message>
    <message>
        <source>回头看</source>
        <translation>Look-back</translation>
    </message>
    <message>
        <source>同意文案</source>
        <translation>Wording of consent</translation>
    </message>
    <message>
        <source>自查报告</source>
        <translation>Self-check report</translation>
    </message>
    <message>
        <source>大促预案</source>
        <translation>Peak plans</translation>
    </message>
    <message>
        <source>合规的各部分</source>
        <translation>Parts of compliance</translation>
    </message>
</context>
<context>
    <name>ConditionLine</name>
    <message>
        <source>字段</source>
        <translation>Field</translation>
    </message>
    <message>
        <source>条件</source>
        <translation>Condition</translation>
    </message>
    <message>
        <source>值</source>
        <translation>Value</translation>
    </message>
    <message>
        <source>删除这个条件</source>
        <translation>Remove this condition</translation>
    </message>
    <message>
        <source>可以填几个值，用顿号隔开</source>
        <translation>Several values may be given, separated by commas</translation>
    </message>
    <message>
        <source>省份</source>
        <translation>Province</translation>
    </message>
    <message>
        <source>城市</source>
        <translation>City</translation>
    </message>
    <message>
        <source>标签</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>累计消费</source>
        <translation>Total spent</translation>
    </message>
    <message>
        <source>订单数</source>
        <translation>Orders</translation>
    </message>
    <message>
        <source>距上次下单</source>
        <translation>Days since order</translation>
    </message>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>有任一</source>
        <translation>has any of</translation>
    </message>
    <message>
        <source>有</source>
        <translation>has</translation>
    </message>
    <message>
        <source>没有</source>
        <translation>lacks</translation>
    </message>
    <message>
        <source>已满</source>
        <translation>at least</translation>
    </message>
    <message>
        <source>不超过</source>
        <translation>at most</translation>
    </message>
    <message>
        <source>正好</source>
        <translation>exactly</translation>
    </message>
    <message>
        <source>不是</source>
        <translation>is not</translation>
    </message>
    <message>
        <source>属于</source>
        <translation>is one of</translation>
    </message>
    <message>
        <source>是</source>
        <translation>is</translation>
    </message>
    <message>
        <source>不少于</source>
        <translation>at least</translation>
    </message>
    <message>
        <source>不多于</source>
        <translation>at most</translation>
    </message>
    <message>
        <source>元</source>
        <translation>yuan</translation>
    </message>
    <message>
        <source>单</source>
        <translation>orders</translation>
    </message>
    <message>
        <source>天</source>
        <translation>days</translation>
    </message>
    <message>
        <source>填数字</source>
        <translation>A number</translation>
    </message>
    <message>
        <source>用顿号隔开</source>
        <translation>Separate with commas</translation>
    </message>
    <message>
        <source>填一个值</source>
        <translation>One value</translation>
    </message>
    <message>
        <source>请填金额，最多两位小数，例如 300 或 99.5。</source>
        <translation>Enter an amount with at most two decimals, such as 300 or 99.5.</translation>
    </message>
    <message>
        <source>请填整数。</source>
        <translation>Enter a whole number.</translation>
    </message>
    <message>
        <source>数值要在 0 到一万亿之间。</source>
        <translation>The value must be between 0 and one trillion.</translation>
    </message>
    <message>
        <source>没有这个店铺，请从列表里选。</source>
        <translation>No such shop; choose one from the list.</translation>
    </message>
</context>
<context>
    <name>ConditionsCard</name>
    <message>
        <source>正在读取客户…</source>
        <translation>Loading customers…</translation>
    </message>
    <message>
        <source>从头设置</source>
        <translation>Start over</translation>
    </message>
    <message>
        <source>近 90 天下过单</source>
        <translation>Ordered in the last 90 days</translation>
    </message>
    <message>
        <source>累计消费满 300 元</source>
        <translation>Spent ¥300 or more</translation>
    </message>
    <message>
        <source>老客：满 2 单</source>
        <translation>Returning: 2+ orders</translation>
    </message>
    <message>
        <source>某些省份</source>
        <translation>Certain provinces</translation>
    </message>
    <message>
        <source>常用</source>
        <translation>Quick picks</translation>
    </message>
</context>
<context>
    <name>ConnectDialog</name>
    <message>
        <source>连接账户</source>
        <translation>Connect account</translation>
    </message>
    <message>
        <source>平台</source>
        <translation>Platform</translation>
    </message>
    <message>
        <source>没有账户？连接沙箱试用</source>
        <translation>No account? Try a sandbox</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>连接</source>
        <translation>Connect</translation>
    </message>
    <message>
        <source>更新授权</source>
        <translation>Renew</translation>
    </message>
    <message>
        <source>检查连接</source>
        <translation>Check connection</translation>
    </message>
    <message>
        <source>更新“{name}”的授权</source>
        <translation>Renew &quot;{name}&quot;</translation>
    </message>
    <message>
        <source>先在平台上准备好</source>
        <translation>Prepare at the platform</translation>
    </message>
    <message>
        <source>密钥只存放在加密的工作区里，不会写进日志或发给别人。</source>
        <translation>Keys are kept inside the encrypted workspace only; they are never written to a log or handed on.</translation>
    </message>
    <message>
        <source>正在检查连接</source>
        <translation>Checking connection</translation>
    </message>
    <message>
        <source>选择私钥文件</source>
        <translation>Choose a private key file</translation>
    </message>
</context>
<context>
    <name>ConnectForm</name>
    <message>
        <source>文件“{}”能被本机的其他用户读取，请改为仅本人可读。可能已经被读过的，请换一把新的密钥。</source>
        <translation>Other users of this computer can read {}: allow only yourself to. If it may have been read already, use a new key.</translation>
    </message>
    <message>
        <source>base64url，32 字节 Ed25519</source>
        <translation>base64url, 32-byte Ed25519</translation>
    </message>
    <message>
        <source>{field}（选填）</source>
        <translation>{field} (optional)</translation>
    </message>
    <message>
        <source>从文件读取…</source>
        <translation>Read from file…</translation>
    </message>
    <message>
        <source>更多设置</source>
        <translation>More settings</translation>
    </message>
</context>
<context>
    <name>ContentStep</name>
    <message>
        <source>写下正文后，这里逐条核对并给出改法，例如退订方式和绝对化用语。</source>
        <translation>Write the text, and it is checked here point by point, with fixes: the way to opt out, absolute claims and the like.</translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
    <message>
        <source>建议：{}</source>
        <translation>Suggestion: {}</translation>
    </message>
    <message>
        <source>{}（未核实）</source>
        <translation>{} (not verified)</translation>
    </message>
    <message>
        <source>在签名里</source>
        <translation>In the signature</translation>
    </message>
    <message>
        <source>是自己的域名？登记在“设置 → 主体资料 → 自有域名”，就不再提醒。</source>
        <translation>Is it your own? Register it under Settings → Entities → Own domains, and nothing is said of it any more.</translation>
    </message>
    <message>
        <source>在 {} 的变量 {} 的内容里，改文案改不掉</source>
        <translation>In {}&apos;s value of the variable {}; editing the text cannot fix it</translation>
    </message>
    <message>
        <source>正在核验受众，核验完才能改文案。</source>
        <translation>Screening the audience; the text can be edited when it ends.</translation>
    </message>
    <message>
        <source>活动已结束，文案只能查看。要再用，请复制活动。</source>
        <translation>The campaign has ended and its text is read-only. To use it again, duplicate the campaign.</translation>
    </message>
    <message>
        <source>活动已进入发送，文案不能再改。要换文案，请取消活动后复制一份。</source>
        <translation>Sending has begun and the text cannot be changed. To use another text, cancel the campaign and duplicate it.</translation>
    </message>
    <message>
        <source>改动签名或正文后，需要重新核验。</source>
        <translation>Changing the signature or text requires a new screening.</translation>
    </message>
    <message>
        <source>改动签名或正文后，核验和批准作废，需要重新核验、批准。</source>
        <translation>Changing the signature or text voids the screening and the approval; both must be done again.</translation>
    </message>
    <message>
        <source>文案已改动，之前的核验作废。</source>
        <translation>The text was changed; the earlier screening is void.</translation>
    </message>
    <message>
        <source>文案已改动，之前的核验和批准作废。</source>
        <translation>The text was changed; the earlier screening and approval are void.</translation>
    </message>
    <message>
        <source>活动已经开始，最后的改动没有写入，按批准的文案发送。</source>
        <translation>The campaign has begun; your last change was not saved, and the approved text is sent.</translation>
    </message>
    <message>
        <source>复制未写入的文案</source>
        <translation>Copy the unsaved text</translation>
    </message>
    <message>
        <source>文案刚在另一个窗口改过，现在存下的是这里的文案。</source>
        <translation>Another window has just changed the text; what is kept now is the text from here.</translation>
    </message>
    <message>
        <source>复制另一个窗口的文案</source>
        <translation>Copy the text of the other window</translation>
    </message>
    <message>
        <source>文案刚在另一个窗口改过，这里显示的是那边的文案。</source>
        <translation>The text was just changed in another window, whose text stands here now.</translation>
    </message>
    <message>
        <source>复制我写的文案</source>
        <translation>Copy the text that I wrote</translation>
    </message>
    <message>
        <source>签名刚在另一个窗口换成【{}】，现在存下的是这里选的。</source>
        <translation>Another window had just chosen the signature 【{}】; what is saved now is the one chosen here.</translation>
    </message>
    <message>
        <source>换成【{}】</source>
        <translation>Change to 【{}】</translation>
    </message>
</context>
<context>
    <name>CostCard</name>
    <message>
        <source>费用</source>
        <translation>Cost</translation>
    </message>
    <message>
        <source>单价未填</source>
        <translation>No price set</translation>
    </message>
    <message>
        <source>不限</source>
        <translation>No limit</translation>
    </message>
    <message>
        <source>计费条数</source>
        <translation>Parts billed</translation>
    </message>
    <message>
        <source>本活动费用</source>
        <translation>Cost of this campaign</translation>
    </message>
    <message>
        <source>主体本月合计</source>
        <translation>Entity&apos;s total this month</translation>
    </message>
    <message>
        <source>月预算</source>
        <translation>Budget of the month</translation>
    </message>
    <message>
        <source>按发出的条数和当时的单价计算，被通道拒绝的不计；以服务商的账单为准。</source>
        <translation>By the parts that left and their price then, without what senders refused; the provider&apos;s bill decides.</translation>
    </message>
    <message>
        <source>服务商已报计费 {} 条，与本程序的估算一致。</source>
        <translation>The provider billed {} parts, as estimated here.</translation>
    </message>
    <message>
        <source>服务商计费 {} 条，本程序估算 {} 条。</source>
        <translation>The provider billed {} parts; {} were estimated here.</translation>
    </message>
    <message>
        <source>其中 {} 条发出时没有填单价，未计入费用。</source>
        <translation>Of these, {} left without a price and are not in the cost.</translation>
    </message>
</context>
<context>
    <name>CountCard</name>
    <message>
        <source>正在计算人数</source>
        <translation>Counting</translation>
    </message>
    <message>
        <source>符合条件</source>
        <translation>Matching</translation>
    </message>
    <message numerus="yes">
        <source>有 %Ln 个条件没有填好，填好后再计算和保存。</source>
        <translation>
            <numerusform>%Ln condition is incomplete; counting and saving resume once it is filled in.</numerusform>
            <numerusform>%Ln conditions are incomplete; counting and saving resume once they are filled in.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>约 {} 人</source>
        <translation>
            <numerusform>About {} person</numerusform>
            <numerusform>About {} people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} 人</source>
        <translation>
            <numerusform>{} person</numerusform>
            <numerusform>{} people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>共 {} 人，占 {}</source>
        <translation>
            <numerusform>Of {} person, {}</numerusform>
            <numerusform>Of {} people, {}</numerusform>
        </translation>
    </message>
    <message>
        <source>共 {} 人，没有人符合。请放宽条件。</source>
        <translation>None of {} people match. Loosen the conditions.</translation>
    </message>
</context>
<context>
    <name>CourseCard</name>
    <message>
        <source>送达</source>
        <translation>Delivery</translation>
    </message>
    <message>
        <source>还没有回执。</source>
        <translation>No reports yet.</translation>
    </message>
    <message>
        <source>回复、退订和投诉</source>
        <translation>Replies, opt-outs and complaints</translation>
    </message>
    <message>
        <source>还没有人回复、退订或投诉。</source>
        <translation>Nobody has replied, opted out or complained yet.</translation>
    </message>
    <message>
        <source>用表格显示</source>
        <translation>Show as tables</translation>
    </message>
    <message>
        <source>按回执和回复到达的时间统计，每条短信只算最后的结果。</source>
        <translation>Counted when reports and replies arrived; of each message only the latest outcome.</translation>
    </message>
    <message>
        <source>随时间的变化</source>
        <translation>Over time</translation>
    </message>
</context>
<context>
    <name>CourseWords</name>
    <message>
        <source>其他回复</source>
        <translation>Other replies</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
    <message>
        <source>还没有。</source>
        <translation>None yet.</translation>
    </message>
    <message>
        <source>{} 到 {}</source>
        <translation>{} to {}</translation>
    </message>
    <message>
        <source>{} 到 {}，共：{}。用左右方向键逐段查看。</source>
        <translation>{} to {}, in all: {}. Left and right go from one to the next.</translation>
    </message>
    <message>
        <source>没有说明原因</source>
        <translation>No reason given</translation>
    </message>
    <message>
        <source>通道代码 {}</source>
        <translation>Code {}</translation>
    </message>
    <message>
        <source>{name}：本次 {mine}，以前 {count} 个活动合计 {theirs}。</source>
        <translation>{name}: this one {mine}, the {count} before it together {theirs}. </translation>
    </message>
    <message>
        <source>{part}/{whole}（{share}）</source>
        <translation>{part}/{whole} ({share})</translation>
    </message>
    <message>
        <source>还有不少回执没到，先不比较。</source>
        <translation>Many reports are still to come; not compared yet.</translation>
    </message>
    <message>
        <source>数量太少，还说不出高低。</source>
        <translation>Too few to say.</translation>
    </message>
    <message>
        <source>看不出差别，相差在偶然范围内。</source>
        <translation>No difference beyond chance.</translation>
    </message>
    <message>
        <source>比以前高，不像是偶然。</source>
        <translation>Higher than before, beyond chance.</translation>
    </message>
    <message>
        <source>比以前低，不像是偶然。</source>
        <translation>Lower than before, beyond chance.</translation>
    </message>
    <message>
        <source>送达随时间</source>
        <translation>Delivery over time</translation>
    </message>
    <message>
        <source>回应随时间</source>
        <translation>Answers over time</translation>
    </message>
    <message>
        <source>{} {}</source>
        <translation>{} {}</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>发送时间（北京时间）</source>
        <translation>Sent at (Beijing)</translation>
    </message>
    <message>
        <source>汇总</source>
        <translation>Summary</translation>
    </message>
    <message>
        <source>项目</source>
        <translation>Item</translation>
    </message>
    <message>
        <source>数值</source>
        <translation>Value</translation>
    </message>
    <message>
        <source>时段（北京时间）</source>
        <translation>Time (Beijing)</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Outcome</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>代码</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>条数</source>
        <translation>Messages</translation>
    </message>
    <message>
        <source>未送达的原因</source>
        <translation>Why messages were not delivered</translation>
    </message>
    <message>
        <source>与以前比较</source>
        <translation>Earlier campaigns</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>程序出错了</source>
        <translation>Something went wrong</translation>
    </message>
    <message>
        <source>错误报告</source>
        <translation>Error report</translation>
    </message>
    <message>
        <source>刚才的操作没有完成，已保存的内容都在，没有多发短信。您可以继续使用；若再次出现，请把下面的报告发给我们，号码和密钥已打码，发送前可以先看。</source>
        <translation>The last action did not complete. Everything saved is intact and no extra message was sent. You can carry on; if it happens again, please send us the report below. Numbers and keys are masked, and you can read it before sending.</translation>
    </message>
    <message>
        <source>复制报告</source>
        <translation>Copy report</translation>
    </message>
    <message>
        <source>另存为…</source>
        <translation>Save as…</translation>
    </message>
    <message>
        <source>没有保存：{}</source>
        <translation>Not saved: {}</translation>
    </message>
    <message>
        <source>继续使用</source>
        <translation>Carry on</translation>
    </message>
    <message numerus="yes">
        <source>共出现 %Ln 次</source>
        <translation>
            <numerusform>Happened %Ln time</numerusform>
            <numerusform>Happened %Ln times</numerusform>
        </translation>
    </message>
    <message>
        <source>保存报告</source>
        <translation>Save report</translation>
    </message>
</context>
<context>
    <name>CrashReports</name>
    <message>
        <source>同样的错误又出现了，已记入日志。</source>
        <translation>The same error happened again; it was logged.</translation>
    </message>
    <message>
        <source>查看报告</source>
        <translation>View report</translation>
    </message>
</context>
<context>
    <name>CreatePanel</name>
    <message>
        <source>工作区文件夹</source>
        <translation>Workspace folder</translation>
    </message>
    <message>
        <source>系统钥匙串（推荐）：登录系统后自动打开</source>
        <translation>System keychain (recommended): opens when you log in to the system</translation>
    </message>
    <message>
        <source>口令：每次打开时输入，换电脑也能打开</source>
        <translation>Passphrase: entered at every opening; also opens on another computer</translation>
    </message>
    <message>
        <source>新建工作区</source>
        <translation>New workspace</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>口令不会保存在任何地方：忘记后谁也打不开工作区，请妥善记录。</source>
        <translation>The passphrase is kept nowhere: once forgotten nobody can open the workspace. Keep a record of it.</translation>
    </message>
    <message>
        <source>文件夹</source>
        <translation>Folder</translation>
    </message>
    <message>
        <source>密钥由什么保管</source>
        <translation>Key kept by</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>选择一个空文件夹</source>
        <translation>Choose an empty folder</translation>
    </message>
</context>
<context>
    <name>CustomerCells</name>
    <message>
        <source>点一下按这一列排序，再点一下倒过来，第三下恢复同步的先后。</source>
        <translation>Click to sort by this column, again for the other way round, a third time for the order in which they came in.</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>同意</source>
        <translation>Consent</translation>
    </message>
    <message>
        <source>拒收</source>
        <translation>Opted out</translation>
    </message>
    <message>
        <source>省份城市</source>
        <translation>Location</translation>
    </message>
    <message>
        <source>累计消费</source>
        <translation>Total spent</translation>
    </message>
    <message>
        <source>最近下单</source>
        <translation>Last order</translation>
    </message>
    <message>
        <source>客户标识：{ref}</source>
        <translation>Customer ref: {ref}</translation>
    </message>
    <message>
        <source>密文</source>
        <translation>Sealed</translation>
    </message>
    <message>
        <source>平台密文号码，只有平台能解读</source>
        <translation>Sealed by the platform; only it can read the number</translation>
    </message>
    <message>
        <source>平台没有提供手机号</source>
        <translation>The platform gave no phone number</translation>
    </message>
    <message>
        <source>未查询</source>
        <translation>Not asked</translation>
    </message>
    <message>
        <source>还没有向平台查询过此人的同意；核验活动时会查询。</source>
        <translation>The platform has not been asked about this person&apos;s consent yet; screening a campaign asks.</translation>
    </message>
    <message>
        <source>方式：{method}</source>
        <translation>Method: {method}</translation>
    </message>
    <message>
        <source>取得：{at}</source>
        <translation>Obtained: {at}</translation>
    </message>
    <message>
        <source>到期：{at}</source>
        <translation>Expires: {at}</translation>
    </message>
    <message>
        <source>核对：{at}</source>
        <translation>Checked: {at}</translation>
    </message>
    <message>
        <source>模拟的同意记录，不能用于真实发送</source>
        <translation>Simulated consent record, not for real sending</translation>
    </message>
    <message>
        <source>没有拒收记录</source>
        <translation>Not opted out</translation>
    </message>
    <message>
        <source>{kind}：自 {at}，来自{source}</source>
        <translation>{kind}: since {at}, from {source}</translation>
    </message>
</context>
<context>
    <name>CustomerDrawer</name>
    <message>
        <source>客户的证据</source>
        <translation>Customer evidence</translation>
    </message>
    <message>
        <source>复制详情</source>
        <translation>Copy details</translation>
    </message>
    <message>
        <source>复制详情（手机号仍然遮盖）</source>
        <translation>Copy details (the phone number stays masked)</translation>
    </message>
    <message>
        <source>拒收</source>
        <translation>Opted out</translation>
    </message>
    <message>
        <source>没有拒收记录。</source>
        <translation>Not opted out.</translation>
    </message>
    <message>
        <source>同意记录</source>
        <translation>Consent records</translation>
    </message>
    <message>
        <source>还没有向平台查询过此人的同意；核验活动时会查询。</source>
        <translation>The platform has not been asked about this person&apos;s consent yet; screening a campaign asks.</translation>
    </message>
    <message>
        <source>显示更早的 {count} 条</source>
        <translation>Show {count} earlier</translation>
    </message>
    <message>
        <source>资料</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>平台没有提供</source>
        <translation>Not given by the platform</translation>
    </message>
    <message>
        <source>已限制处理</source>
        <translation>Restricted</translation>
    </message>
    <message>
        <source>个人信息请求…</source>
        <translation>Personal data requests…</translation>
    </message>
    <message>
        <source>解除退订…</source>
        <translation>Lift the opt-out…</translation>
    </message>
    <message>
        <source>平台密文，只有平台能解读</source>
        <translation>Sealed; only the platform can read it</translation>
    </message>
    <message>
        <source>店铺主体</source>
        <translation>Shop entity</translation>
    </message>
    <message>
        <source>{} 起只存储，不作他用，不再发送</source>
        <translation>Since {} stored only: not used, nothing sent</translation>
    </message>
    <message>
        <source>限制处理</source>
        <translation>Restrict processing</translation>
    </message>
    <message>
        <source>省份城市</source>
        <translation>Location</translation>
    </message>
    <message>
        <source>累计消费</source>
        <translation>Total spent</translation>
    </message>
    <message>
        <source>订单数</source>
        <translation>Orders</translation>
    </message>
    <message>
        <source>最近下单</source>
        <translation>Last order</translation>
    </message>
    <message>
        <source>标签</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>能否发送由每个活动的核验决定：同意须明确、有效，且渠道、用途、主体都相符；拒收优先于一切同意。</source>
        <translation>Each campaign&apos;s screening decides who can be sent to: the consent must be explicit, in force and for the right channel, purpose and entity; an opt-out outweighs every consent.</translation>
    </message>
    <message>
        <source>自</source>
        <translation>Since</translation>
    </message>
    <message>
        <source>来自</source>
        <translation>Source</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>除存储外不再处理；须本人重新同意，并由复核人解除。</source>
        <translation>Only stored from then on; they would have to opt in again, and a reviewer lift this.</translation>
    </message>
    <message>
        <source>资料已删除，不再发送；须本人重新同意，并由复核人解除。</source>
        <translation>The data was erased and nothing is sent; they would have to opt in again, and a reviewer lift this.</translation>
    </message>
    <message>
        <source>模拟</source>
        <translation>Simulated</translation>
    </message>
    <message>
        <source>平台确认此人同意。</source>
        <translation>The platform confirms this person&apos;s consent.</translation>
    </message>
    <message>
        <source>方式</source>
        <translation>Method</translation>
    </message>
    <message>
        <source>渠道</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>用途</source>
        <translation>Purpose</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>取得</source>
        <translation>Obtained</translation>
    </message>
    <message>
        <source>到期</source>
        <translation>Expires</translation>
    </message>
    <message>
        <source>未约定</source>
        <translation>No end date</translation>
    </message>
    <message>
        <source>撤回</source>
        <translation>Withdrawn</translation>
    </message>
    <message>
        <source>约定频次</source>
        <translation>Agreed frequency</translation>
    </message>
    <message>
        <source>每月 {count} 条</source>
        <translation>{count} per month</translation>
    </message>
    <message>
        <source>平台核对</source>
        <translation>Platform check</translation>
    </message>
    <message>
        <source>本机收到</source>
        <translation>Received here</translation>
    </message>
    <message>
        <source>凭据</source>
        <translation>Proof</translation>
    </message>
    <message>
        <source>没有可验证的凭据</source>
        <translation>No verifiable proof</translation>
    </message>
    <message>
        <source>出具方</source>
        <translation>Issuer</translation>
    </message>
    <message>
        <source>凭据编号</source>
        <translation>Proof ID</translation>
    </message>
    <message>
        <source>查询接口</source>
        <translation>Interface asked</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>不是本店铺的主体</source>
        <translation>Not the entity of this shop</translation>
    </message>
    <message>
        <source>已复制，手机号仍然遮盖。</source>
        <translation>Copied; the phone number stays masked.</translation>
    </message>
</context>
<context>
    <name>CustomersFilter</name>
    <message>
        <source>姓名、客户标识或完整手机号</source>
        <translation>Name, customer ref or full phone number</translation>
    </message>
    <message>
        <source>查找客户</source>
        <translation>Find customers</translation>
    </message>
    <message>
        <source>输入的手机号只用来比对，不会被保存</source>
        <translation>A phone number entered here is only compared, never stored</translation>
    </message>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>同意</source>
        <translation>Consent</translation>
    </message>
    <message>
        <source>省份</source>
        <translation>Province</translation>
    </message>
    <message>
        <source>人群</source>
        <translation>Segment</translation>
    </message>
    <message>
        <source>用条件搭建并保存的人群，活动的“受众”里也用它；人数随客户变化。</source>
        <translation>Segments built from conditions and saved, also for the audience of a campaign; their size changes with the customers.</translation>
    </message>
    <message>
        <source>{}（已删除）</source>
        <translation>{} (deleted)</translation>
    </message>
    <message>
        <source>未保存的条件</source>
        <translation>Unsaved conditions</translation>
    </message>
    <message>
        <source>编辑人群</source>
        <translation>Edit segment</translation>
    </message>
    <message>
        <source>新建人群</source>
        <translation>New segment</translation>
    </message>
    <message>
        <source>清除筛选</source>
        <translation>Clear filters</translation>
    </message>
    <message>
        <source>全部店铺</source>
        <translation>All shops</translation>
    </message>
    <message>
        <source>全部同意状态</source>
        <translation>All consents</translation>
    </message>
    <message>
        <source>未查询</source>
        <translation>Not asked</translation>
    </message>
    <message>
        <source>全部省份</source>
        <translation>All provinces</translation>
    </message>
    <message>
        <source>全部人群</source>
        <translation>All segments</translation>
    </message>
</context>
<context>
    <name>CustomersPage</name>
    <message>
        <source>客户</source>
        <translation>Customers</translation>
    </message>
    <message>
        <source>正在排序…可在“列和排序”里改回同步的先后。</source>
        <translation>Sorting… Columns… brings back the order in which they came in.</translation>
    </message>
    <message>
        <source>{counted}；{order}，显示最前面的 {shown} 位</source>
        <translation>{counted}; {order}: the first {shown} are shown</translation>
    </message>
    <message>
        <source>{counted}；{order}</source>
        <translation>{counted}; {order}</translation>
    </message>
    <message>
        <source>正在统计客户…</source>
        <translation>Counting customers…</translation>
    </message>
    <message numerus="yes">
        <source>共 {count} 位客户</source>
        <translation>
            <numerusform>{count} customer</numerusform>
            <numerusform>{count} customers</numerusform>
        </translation>
    </message>
    <message>
        <source>正在查找…</source>
        <translation>Searching…</translation>
    </message>
    <message>
        <source>找到 {found} 位，共 {count} 位客户</source>
        <translation>{found} of {count} customers</translation>
    </message>
    <message>
        <source>先连接一个店铺</source>
        <translation>Connect a shop first</translation>
    </message>
    <message>
        <source>客户和他们的同意记录都来自平台。连接店铺账户之后，就能把客户同步到这里。</source>
        <translation>Customers and their consent records come from the platform. Once a shop account is connected, they can be synced here.</translation>
    </message>
    <message>
        <source>去设置里连接</source>
        <translation>Connect in Settings</translation>
    </message>
    <message>
        <source>还没有客户</source>
        <translation>No customers yet</translation>
    </message>
    <message>
        <source>店铺已经连接。平台上的客户会一页一页收进来，可以随时停止，已收到的会保留。</source>
        <translation>The shop is connected. Its customers arrive page by page; you can stop at any time and keep what has arrived.</translation>
    </message>
    <message>
        <source>同步客户</source>
        <translation>Sync customers</translation>
    </message>
    <message>
        <source>没有符合条件的客户</source>
        <translation>No matching customers</translation>
    </message>
    <message>
        <source>姓名按开头查找，客户标识和手机号要输入完整。也可以放宽店铺、同意、省份或人群的条件。</source>
        <translation>Names are found by how they begin; customer refs and phone numbers must be complete. Or relax the shop, consent, province or segment.</translation>
    </message>
    <message>
        <source>清除筛选</source>
        <translation>Clear filters</translation>
    </message>
    <message>
        <source>导入记录</source>
        <translation>Import history</translation>
    </message>
    <message>
        <source>导入文件</source>
        <translation>Import file</translation>
    </message>
    <message>
        <source>列和排序…</source>
        <translation>Columns…</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Retry</translation>
    </message>
</context>
<context>
    <name>DoneStep</name>
    <message>
        <source>撤销导入</source>
        <translation>Undo import</translation>
    </message>
    <message>
        <source>导出不能导入的行</source>
        <translation>Export refused rows</translation>
    </message>
    <message>
        <source>导入完成。</source>
        <translation>Import complete.</translation>
    </message>
    <message>
        <source>导入已停止，已导入的部分保留。</source>
        <translation>Import stopped; what was imported is kept.</translation>
    </message>
    <message>
        <source>导入没有完成，已导入的部分保留。</source>
        <translation>The import did not complete; what was imported is kept.</translation>
    </message>
    <message>
        <source>正在撤销…</source>
        <translation>Undoing…</translation>
    </message>
    <message>
        <source>撤销这次导入？</source>
        <translation>Undo this import?</translation>
    </message>
    <message>
        <source>导入补充的资料会恢复原值，等待匹配的行会删除；之后又改过的资料不动。同意记录和拒收名单不受影响。</source>
        <translation>Imported attributes return to their former values and rows awaiting a match are deleted; attributes changed since then stay as they are. Consent records and suppressions are not affected.</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
    <message>
        <source>不能导入的行.csv</source>
        <translation>refused-rows.csv</translation>
    </message>
    <message>
        <source>行</source>
        <translation>Row</translation>
    </message>
    <message>
        <source>列</source>
        <translation>Column</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>DropArea</name>
    <message>
        <source>把 CSV 或 XLSX 文件拖到这里</source>
        <translation>Drop a CSV or XLSX file here</translation>
    </message>
</context>
<context>
    <name>EndNotices</name>
    <message>
        <source>{}“{}”</source>
        <translation>{} &quot;{}&quot;</translation>
    </message>
    <message>
        <source>{}已结束。</source>
        <translation>{}: finished.</translation>
    </message>
    <message>
        <source>{}没有完成，打开允发查看原因。</source>
        <translation>{}: not finished. Open Yunfa to see why.</translation>
    </message>
</context>
<context>
    <name>EndingNote</name>
    <message>
        <source>正在结束…
正在交出的一批短信有了结果就会关闭，最多一分多钟；余下的以后接着发，不会重发。</source>
        <translation>Closing…
The batch that is being handed over comes to its end first, in little more than a minute at most. The rest is sent later; nothing is sent twice.</translation>
    </message>
</context>
<context>
    <name>EntitiesSection</name>
    <message>
        <source>主体资料</source>
        <translation>Entities</translation>
    </message>
    <message>
        <source>主体对短信负责，名称和统一社会信用代码由平台提供。下面由您填写，决定文案按哪些规则核对，改动会留痕。</source>
        <translation>The entity answers for the messages. Its name and unified social credit code come from the platform. You fill in the rest, which decides by which rules texts are checked; changes are recorded.</translation>
    </message>
    <message>
        <source>还没有主体</source>
        <translation>No entities yet</translation>
    </message>
    <message>
        <source>连接平台账户后，账户所属的主体会出现在这里。</source>
        <translation>The entities of connected platform accounts appear here.</translation>
    </message>
    <message>
        <source>去连接账户</source>
        <translation>Connect an account</translation>
    </message>
</context>
<context>
    <name>EntityBox</name>
    <message>
        <source>请选择主体</source>
        <translation>Choose the entity</translation>
    </message>
    <message>
        <source>先连接店铺账户</source>
        <translation>Connect a shop account first</translation>
    </message>
</context>
<context>
    <name>EntityCard</name>
    <message>
        <source>主体类型</source>
        <translation>Entity type</translation>
    </message>
    <message>
        <source>行业</source>
        <translation>Industry</translation>
    </message>
    <message>
        <source>短信服务商</source>
        <translation>SMS provider</translation>
    </message>
    <message>
        <source>自有域名</source>
        <translation>Own domains</translation>
    </message>
    <message>
        <source>商品页价</source>
        <translation>Page prices</translation>
    </message>
    <message>
        <source>羽绒被 599；面霜 129.5</source>
        <translation>Down quilt 599; Face cream 129.5</translation>
    </message>
    <message>
        <source>“{}”不是域名，没有保存。请只写域名，例如 shop.example.com。</source>
        <translation>&quot;{}&quot; is not a domain and was not saved. Enter domains only, such as shop.example.com.</translation>
    </message>
    <message>
        <source>“{}”没有保存。请写商品名和价格，例如 羽绒被 599。</source>
        <translation>&quot;{}&quot; was not kept. Write the goods and their price, such as Down quilt 599.</translation>
    </message>
    <message>
        <source>类型</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>决定用哪些行业规则，例如食品不能说疗效。</source>
        <translation>Which industry rules apply.</translation>
    </message>
    <message>
        <source>只用于 SMPP、Kannel 和同意查询服务的通道，它们不说明由哪家承运。阿里云、腾讯云的通道自动按各自的要求核对。</source>
        <translation>Only for SMPP, Kannel and the consent service, which do not name their provider. Alibaba Cloud and Tencent Cloud follow their own rules.</translation>
    </message>
    <message>
        <source>链接指向别处，不在这些域名和它们的子域名里，就会提醒。几个域名用空格隔开，按回车或离开输入框即保存。</source>
        <translation>Links that lead elsewhere than to these domains and those below them are warned about. Separate several with spaces. Saved when you press Enter or leave the field.</translation>
    </message>
    <message>
        <source>短信里的价格低于商品详情页的价格，就会提醒。写商品名和详情页的价格，几个商品用分号隔开。</source>
        <translation>A price in the text below that on the goods&apos; own page is a warning. Write the goods and the page&apos;s price, with semicolons between.</translation>
    </message>
</context>
<context>
    <name>EntityChoice</name>
    <message>
        <source>店铺的主体</source>
        <translation>Entity of the shop</translation>
    </message>
    <message>
        <source>另一个主体…</source>
        <translation>Another entity…</translation>
    </message>
    <message>
        <source>主体名称</source>
        <translation>Name of the entity</translation>
    </message>
    <message>
        <source>统一社会信用代码</source>
        <translation>Unified social credit code</translation>
    </message>
    <message>
        <source>平台不会告诉我们店铺属于哪个主体，请照营业执照选择或填写。</source>
        <translation>The platform does not say whose shop it is: choose or enter the entity as on its business licence.</translation>
    </message>
    <message>
        <source>请选择主体</source>
        <translation>Choose the entity</translation>
    </message>
</context>
<context>
    <name>EraseQuestion</name>
    <message>
        <source>删除此人资料</source>
        <translation>Erase this person</translation>
    </message>
    <message>
        <source>删除个人信息</source>
        <translation>Erase personal data</translation>
    </message>
    <message>
        <source>客户标识的最后几个字符</source>
        <translation>Last characters of the customer ref</translation>
    </message>
    <message>
        <source>姓名、号码、地区、订单、标签和导入的资料将删除，不能恢复，也不能撤销。</source>
        <translation>Name, number, place, orders, tags and imported data will be erased. This cannot be undone.</translation>
    </message>
    <message>
        <source>输入客户标识的最后 {count} 个字符，表示您确认是这个人</source>
        <translation>Type the last {count} characters of the customer ref to say that this is the person</translation>
    </message>
    <message>
        <source>与客户标识的最后几个字符不一致。</source>
        <translation>These are not the last characters of the customer ref.</translation>
    </message>
    <message>
        <source>删除这个人的资料？</source>
        <translation>Erase this person&apos;s data?</translation>
    </message>
</context>
<context>
    <name>ErasureRecords</name>
    <message>
        <source>删除回执 · {shop}</source>
        <translation>Erasure receipts · {shop}</translation>
    </message>
    <message>
        <source>删除回执</source>
        <translation>Erasure receipts</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>还没有删除过任何人：平台没有要求，也没有客户在此提出。</source>
        <translation>Nobody has been erased: neither the platform nor a customer asked for it.</translation>
    </message>
    <message>
        <source>按平台或客户本人的要求，姓名、号码、地区、订单、标签和导入的资料已删除，此后不再给他们发短信。依法须留存的仍保留：客户标识、同意记录、退订与投诉，以及已发短信的原文和结果（原文里可能有姓名，只存储，不作他用）。</source>
        <translation>As the platform or the customer asked, name, number, place, orders, tags and imported data are gone, and they are sent nothing any more. What the law wants kept stays: the reference, consents, opt-outs and complaints, and the text and outcome of what was sent (a text may hold a name; it is stored and nothing else).</translation>
    </message>
    <message>
        <source>平台</source>
        <translation>The platform</translation>
    </message>
    <message>
        <source>客户本人，在此提出</source>
        <translation>The customer, here</translation>
    </message>
    <message>
        <source>由 {} 办理</source>
        <translation>Carried out by {}</translation>
    </message>
    <message>
        <source>这里列出最近 {count} 份，全部回执请用命令 campaign-app accounts erased 列出。</source>
        <translation> The latest {count} are shown; campaign-app accounts erased lists all of them.</translation>
    </message>
    <message>
        <source>删除时间</source>
        <translation>Erased at</translation>
    </message>
    <message>
        <source>谁要求的</source>
        <translation>Asked by</translation>
    </message>
    <message>
        <source>客户标识的密钥哈希</source>
        <translation>Keyed hash of reference</translation>
    </message>
    <message>
        <source>审计记录</source>
        <translation>Audit entry</translation>
    </message>
    <message>
        <source>回执（记录的哈希）</source>
        <translation>Receipt (hash of entry)</translation>
    </message>
</context>
<context>
    <name>ExportButton</name>
    <message>
        <source>导出…</source>
        <translation>Export…</translation>
    </message>
    <message>
        <source>导出结果</source>
        <translation>Export results</translation>
    </message>
    <message>
        <source>表格（XLSX、CSV）或图片（PNG）；只有数字，没有任何客户。</source>
        <translation>Tables (XLSX, CSV) or a picture (PNG): numbers only, no customer.</translation>
    </message>
    <message>
        <source>Excel 工作簿 (*.xlsx)</source>
        <translation>Excel workbook (*.xlsx)</translation>
    </message>
    <message>
        <source>CSV 表格 (*.csv)</source>
        <translation>CSV table (*.csv)</translation>
    </message>
    <message>
        <source>PNG 图片 (*.png)</source>
        <translation>PNG picture (*.png)</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>导出</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>导出证据</source>
        <translation>Export evidence</translation>
    </message>
    <message>
        <source>导出进度</source>
        <translation>Progress of the export</translation>
    </message>
    <message>
        <source>哪个活动</source>
        <translation>Which campaign</translation>
    </message>
    <message>
        <source>整个活动：每个收到短信的人</source>
        <translation>The whole campaign: everybody who was sent to</translation>
    </message>
    <message>
        <source>只要一个人：不含其他任何人</source>
        <translation>One person only: nobody else is in it</translation>
    </message>
    <message>
        <source>客户标识</source>
        <translation>Customer reference</translation>
    </message>
    <message>
        <source>平台的客户标识，例如 ou1de66a423</source>
        <translation>The platform&apos;s reference, such as ou1de66a423</translation>
    </message>
    <message>
        <source>证据文件</source>
        <translation>File of evidence</translation>
    </message>
    <message>
        <source>证据里有平台签名的同意回执、短信原文、发送结果、批准和审计链；手机号只以密钥哈希出现。别人不用本程序也能验证。每次导出都记入审计。</source>
        <translation>It holds the consent receipts that the platform signed, texts as sent, outcomes, the approval and the audit chain; phone numbers are keyed hashes only. Others can verify it without this program. Every export is written to the audit.</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>证据-活动{number}</source>
        <translation>evidence-campaign-{number}</translation>
    </message>
    <message>
        <source>允发证据</source>
        <translation>Yunfa evidence</translation>
    </message>
    <message>
        <source>导出到</source>
        <translation>Export to</translation>
    </message>
</context>
<context>
    <name>ExportedWords</name>
    <message numerus="yes">
        <source>已导出 {} 行到“{}”，姓名和手机号已掩码。</source>
        <translation>
            <numerusform>{} row exported to &quot;{}&quot;, name and phone number masked.</numerusform>
            <numerusform>{} rows exported to &quot;{}&quot;, names and phone numbers masked.</numerusform>
        </translation>
    </message>
    <message>
        <source>已导出到“{}”。</source>
        <translation>Exported to &quot;{}&quot;.</translation>
    </message>
</context>
<context>
    <name>FailedPanel</name>
    <message>
        <source>显示已打开的窗口</source>
        <translation>Show the open window</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Retry</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>打开其他工作区…</source>
        <translation>Open another workspace…</translation>
    </message>
    <message>
        <source>工作区没有打开</source>
        <translation>The workspace did not open</translation>
    </message>
    <message>
        <source>常见原因：换了系统用户，重装过系统，或钥匙串被重置。请用创建工作区的系统用户登录，恢复当时的钥匙串备份，或从设了单独口令的备份恢复（密钥在备份里）；没有密钥，任何人都打不开这些文件。</source>
        <translation>Common causes: another system user, a reinstalled system, or a reset keychain. Log in as the system user who created the workspace, restore a backup of the keychain from that time, or restore a backup with a passphrase of its own, which brings the key along; without the key, nobody can open these files.</translation>
    </message>
    <message>
        <source>登录系统桌面会解锁钥匙串；也可在系统的“密码和密钥”或“钥匙串访问”里解锁。</source>
        <translation>Logging in to the desktop unlocks the keychain; you can also unlock it in Passwords and Keys or Keychain Access.</translation>
    </message>
    <message>
        <source>此工作区的密钥存在系统钥匙串里，而它现在不可用。请启动钥匙串服务后重试（Linux 上是 GNOME Keyring 或 KWallet）。</source>
        <translation>The key of this workspace is in the system keychain, which is unavailable now. Start the keychain service and retry (GNOME Keyring or KWallet on Linux).</translation>
    </message>
    <message>
        <source>同一工作区只能由一个窗口打开，免得两边改动互相覆盖。</source>
        <translation>Only one window can open a workspace, so that changes do not overwrite each other.</translation>
    </message>
    <message>
        <source>腾出空间后重试，已保存的内容都在。</source>
        <translation>Free some space and retry; everything saved is intact.</translation>
    </message>
    <message>
        <source>请确认您对此文件夹有写权限，且磁盘没有被设为只读。</source>
        <translation>Make sure you may write to this folder and the disk is not read-only.</translation>
    </message>
    <message>
        <source>请不要改动文件夹里的文件，先另存一份，再从备份恢复。</source>
        <translation>Do not touch the files in the folder; save a copy first, then restore from a backup.</translation>
    </message>
    <message>
        <source>旧版本不会打开它，免得弄坏新版本的数据。</source>
        <translation>An older version does not open it, so as not to damage data of a newer one.</translation>
    </message>
</context>
<context>
    <name>FailuresCard</name>
    <message>
        <source>未送达的原因</source>
        <translation>Why messages were not delivered</translation>
    </message>
    <message>
        <source>{outcome}，代码：{code}</source>
        <translation>{outcome}, code: {code}</translation>
    </message>
    <message>
        <source>无</source>
        <translation>none</translation>
    </message>
    <message>
        <source>另有 {kinds} 种原因，共 {count} 条，见导出的表格。</source>
        <translation>{kinds} more reasons with {count} messages: see the exported tables.</translation>
    </message>
</context>
<context>
    <name>FileStep</name>
    <message>
        <source>选择文件…</source>
        <translation>Choose file…</translation>
    </message>
    <message>
        <source>客户所属的店铺</source>
        <translation>Shop of the customers</translation>
    </message>
    <message>
        <source>导入只补充已有客户的资料，不能改变任何人的同意。对不上客户的行会留着，等同步来的客户与它的标识或号码对上；在那之前不能发送。</source>
        <translation>An import only adds attributes to existing customers; it cannot change anyone&apos;s consent. Rows without a customer are kept until a synced customer matches their ref or number; until then they cannot be sent to.</translation>
    </message>
    <message>
        <source>文件不会被改动，也不会离开这台电脑</source>
        <translation>The file is not changed and does not leave this computer</translation>
    </message>
    <message>
        <source>表格文件 (*.csv *.txt *.tsv *.xlsx *.xlsm);;所有文件 (*)</source>
        <translation>Tables (*.csv *.txt *.tsv *.xlsx *.xlsm);;All files (*)</translation>
    </message>
    <message>
        <source>选择要导入的文件</source>
        <translation>Choose a file to import</translation>
    </message>
</context>
<context>
    <name>FindingCard</name>
    <message>
        <source>（未核实）</source>
        <translation> (not verified)</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{}（点一下，再按 Alt+Enter 用第一个）</source>
        <translation>{} (click, then Alt+Enter takes the first)</translation>
    </message>
</context>
<context>
    <name>Folders</name>
    <message>
        <source>打开文件夹</source>
        <translation>Open folder</translation>
    </message>
    <message>
        <source>系统没能打开文件夹，它在：{}</source>
        <translation>The system could not open the folder; it is at {}</translation>
    </message>
</context>
<context>
    <name>FollowPart</name>
    <message>
        <source>授权到期</source>
        <translation>Authorised until</translation>
    </message>
    <message>
        <source>退订已读至</source>
        <translation>Opt-outs read until</translation>
    </message>
    <message>
        <source>退订告知</source>
        <translation>Opt-outs told</translation>
    </message>
    <message>
        <source>删除回执…</source>
        <translation>Erasure receipts…</translation>
    </message>
    <message>
        <source>到期日未知：平台没有告知，连接时也没有填写，到期前不会提醒</source>
        <translation>Unknown: neither the platform nor anybody gave a date, so nothing warns before it ends</translation>
    </message>
    <message>
        <source>还没有读过：第一次核验之后开始</source>
        <translation>Not read yet: begins after the first screening</translation>
    </message>
    <message numerus="yes">
        <source>最近 %Ln 位：半数在{half}内告知平台，最久{longest}</source>
        <translation>
            <numerusform>Last one: half told within{half}, longest{longest}</numerusform>
            <numerusform>Last %Ln: half told within{half}, longest{longest}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %Ln 分钟</source>
        <translation>
            <numerusform> %Ln min</numerusform>
            <numerusform> %Ln min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %Ln 小时</source>
        <translation>
            <numerusform> %Ln h</numerusform>
            <numerusform> %Ln h</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %Ln 天</source>
        <translation>
            <numerusform> %Ln day</numerusform>
            <numerusform> %Ln days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FunnelView</name>
    <message>
        <source>表格</source>
        <translation>Table</translation>
    </message>
    <message>
        <source>受众核验的漏斗</source>
        <translation>Screening funnel</translation>
    </message>
    <message>
        <source>本人拒绝或受保护</source>
        <translation>Refused or protected</translation>
    </message>
    <message>
        <source>同意未经确认</source>
        <translation>Consent not confirmed</translation>
    </message>
    <message>
        <source>号码、文案与频次</source>
        <translation>Number, text and frequency</translation>
    </message>
    <message>
        <source>可以发送</source>
        <translation>Eligible</translation>
    </message>
    <message>
        <source>受众核验的结果，按原因</source>
        <translation>Screening results by reason</translation>
    </message>
    <message>
        <source>核验时可以发送 {} 人，其中 {} 人在发出前被拦下，已计入未通过。</source>
        <translation>When screened, {} could receive it; {} of them did not pass the last check before sending and now count as excluded.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 项核验没有排除任何人：</source>
        <translation>
            <numerusform>%Ln other check excluded nobody: </numerusform>
            <numerusform>%Ln other checks excluded nobody: </numerusform>
        </translation>
    </message>
    <message>
        <source>受众 {} = 可以发送 {} + 未通过 {} + 还未核验 {}</source>
        <translation>Audience {} = eligible {} + excluded {} + not screened {}</translation>
    </message>
    <message>
        <source>受众 {} = 可以发送 {} + 未通过 {}</source>
        <translation>Audience {} = eligible {} + excluded {}</translation>
    </message>
    <message>
        <source>人数对不上：受众 {}，可以发送 {} + 未通过 {}。为防遗漏，不能发送；请重新核验。</source>
        <translation>The numbers do not add up: audience {}, eligible {} + excluded {}. Sending is blocked so that nobody is overlooked; please screen again.</translation>
    </message>
    <message>
        <source>受众</source>
        <translation>Audience</translation>
    </message>
    <message>
        <source>核验开始时冻结的全部客户。</source>
        <translation>All customers frozen when the screening began.</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>人数</source>
        <translation>People</translation>
    </message>
    <message>
        <source>占受众</source>
        <translation>Of audience</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Explanation</translation>
    </message>
    <message>
        <source>图</source>
        <translation>Chart</translation>
    </message>
</context>
<context>
    <name>Gate</name>
    <message>
        <source>正在打开工作区</source>
        <translation>Opening workspace</translation>
    </message>
    <message>
        <source>正在打开工作区…</source>
        <translation>Opening workspace…</translation>
    </message>
    <message>
        <source>系统可能正在请您解锁钥匙串，请留意弹出的窗口。</source>
        <translation>The system may be asking you to unlock the keychain; look for its window.</translation>
    </message>
    <message>
        <source>演示正在另一个窗口打开，关闭它后不会留下任何数据。</source>
        <translation>The demo is opening in another window; nothing remains once you close it.</translation>
    </message>
    <message>
        <source>演示没有启动成功，请重新安装本程序。</source>
        <translation>The demo did not start. Please reinstall the program.</translation>
    </message>
    <message>
        <source>打开工作区文件夹</source>
        <translation>Open a workspace folder</translation>
    </message>
    <message>
        <source>没有找到打开此工作区的窗口，可能是命令行程序在使用它；请等它结束后重试。</source>
        <translation>No window with this workspace was found; a command-line program may be using it. Wait for it to end, then retry.</translation>
    </message>
</context>
<context>
    <name>GroupBox</name>
    <message>
        <source>以下条件满足</source>
        <translation>Match</translation>
    </message>
    <message>
        <source>添加条件</source>
        <translation>Add condition</translation>
    </message>
    <message>
        <source>删除这组</source>
        <translation>Remove this group</translation>
    </message>
</context>
<context>
    <name>GuideCard</name>
    <message>
        <source>隐藏</source>
        <translation>Hide</translation>
    </message>
    <message>
        <source>隐藏“第一次活动”指引</source>
        <translation>Hide the first-campaign guide</translation>
    </message>
    <message>
        <source>第一次活动</source>
        <translation>First campaign</translation>
    </message>
    <message>
        <source>只有平台确认同意过的客户会收到短信，没有确认的一个也不发。</source>
        <translation>Only customers whose consent the platform confirms are sent to; nobody else is.</translation>
    </message>
    <message>
        <source>已完成 {} / {}</source>
        <translation>{} of {} done</translation>
    </message>
    <message>
        <source>已完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
</context>
<context>
    <name>GuideStrip</name>
    <message>
        <source>隐藏</source>
        <translation>Hide</translation>
    </message>
    <message>
        <source>隐藏“第一次活动”指引</source>
        <translation>Hide the first-campaign guide</translation>
    </message>
    <message>
        <source>{}/{} {}</source>
        <translation>{}/{} {}</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
<context>
    <name>GuideWords</name>
    <message>
        <source>连接平台</source>
        <translation>Connect a platform</translation>
    </message>
    <message>
        <source>同步客户</source>
        <translation>Sync customers</translation>
    </message>
    <message>
        <source>选受众</source>
        <translation>Pick the audience</translation>
    </message>
    <message>
        <source>写内容</source>
        <translation>Write the content</translation>
    </message>
    <message>
        <source>核验</source>
        <translation>Screen</translation>
    </message>
    <message>
        <source>检查并发送</source>
        <translation>Check and send</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>去看看</source>
        <translation>View</translation>
    </message>
    <message>
        <source>这一步要由{}来做，做完这里自动打勾。</source>
        <translation>Done by: {}. It is ticked here once it is done.</translation>
    </message>
    <message>
        <source>填平台给的地址和密钥；密钥只存在加密的工作区里。</source>
        <translation>Enter the URL and key from the platform; the key is stored only in the encrypted workspace.</translation>
    </message>
    <message>
        <source>去连接</source>
        <translation>Connect</translation>
    </message>
    <message>
        <source>店铺都已断开，重新连接后才能核验和发送。</source>
        <translation>All shops are disconnected; connect one again to screen and send.</translation>
    </message>
    <message>
        <source>客户和同意记录从平台同步过来；文件只能补充资料，不能代替同意。</source>
        <translation>Customers and consent records are synced from the platform; files only add attributes and never replace consent.</translation>
    </message>
    <message>
        <source>去同步</source>
        <translation>Sync</translation>
    </message>
    <message>
        <source>正在从平台同步，收到客户后就能继续。</source>
        <translation>Syncing from the platform; go on once customers have come in.</translation>
    </message>
    <message>
        <source>看进度</source>
        <translation>See progress</translation>
    </message>
    <message>
        <source>新建一个活动，再选发给哪些客户。</source>
        <translation>Create a campaign, then pick the customers it is for.</translation>
    </message>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>加上条件，只选合适的人；要发给全部客户，直接写内容就行。</source>
        <translation>Add conditions, or go on to the content to reach everybody.</translation>
    </message>
    <message>
        <source>去选受众</source>
        <translation>Pick audience</translation>
    </message>
    <message>
        <source>受众有条件还没存下来：填好，或者删掉。</source>
        <translation>A condition is not saved yet: fill it in, or remove it.</translation>
    </message>
    <message>
        <source>去填好</source>
        <translation>Fill in</translation>
    </message>
    <message>
        <source>写清谁发的、有什么优惠、怎么退订；边写边看合规提示。</source>
        <translation>Who sends it, what is on offer, how to opt out; findings as you write.</translation>
    </message>
    <message>
        <source>去写正文</source>
        <translation>Write text</translation>
    </message>
    <message>
        <source>选一个签名，收件人靠它认出您。</source>
        <translation>Choose a signature: recipients know you by it.</translation>
    </message>
    <message>
        <source>去选签名</source>
        <translation>Choose signature</translation>
    </message>
    <message>
        <source>内容里有必须处理的地方，合规提示里写着怎么办。</source>
        <translation>Something has to be put right; the findings say how.</translation>
    </message>
    <message>
        <source>去修改</source>
        <translation>Edit</translation>
    </message>
    <message>
        <source>文案的改动没有存下来，请重试。</source>
        <translation>Changes to the text were not saved; try again.</translation>
    </message>
    <message>
        <source>正在检查文案…</source>
        <translation>Checking the text…</translation>
    </message>
    <message>
        <source>逐个向平台确认谁同意接收，只有通过的人才会收到。</source>
        <translation>The platform is asked who agreed; only they are sent to.</translation>
    </message>
    <message>
        <source>去核验</source>
        <translation>Screen</translation>
    </message>
    <message>
        <source>上次核验没有完成，文案和受众都在，再核验一次就好。</source>
        <translation>The last screening did not finish, nothing is lost. Screen again.</translation>
    </message>
    <message>
        <source>正在核验，完成后再检查和发送。</source>
        <translation>Screening; check and send once it is done.</translation>
    </message>
    <message>
        <source>没有人可以发送：看看原因，或者放宽受众。</source>
        <translation>Nobody may be sent to: see why, or widen the audience.</translation>
    </message>
    <message>
        <source>看原因</source>
        <translation>See reasons</translation>
    </message>
    <message>
        <source>看一遍检查项，有红色的先处理；再输入收件人数，批准发送。</source>
        <translation>Mend any red check, type the number of recipients, approve.</translation>
    </message>
    <message>
        <source>去检查</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>已批准。选立即发送，或者定个时间。</source>
        <translation>Approved. Send now, or choose a time.</translation>
    </message>
    <message>
        <source>去发送</source>
        <translation>Send</translation>
    </message>
    <message>
        <source>已定时，到时自动发出；允发或后台进程要开着。</source>
        <translation>Scheduled: it leaves by itself while Yunfa or the worker runs.</translation>
    </message>
    <message>
        <source>正在发送，随时可以暂停。</source>
        <translation>Sending; it can be paused at any time.</translation>
    </message>
    <message>
        <source>发送停下了，要有人处理后才继续。</source>
        <translation>The sending stopped and waits for somebody.</translation>
    </message>
    <message>
        <source>去处理</source>
        <translation>Resolve</translation>
    </message>
    <message>
        <source>“第一次活动”指引已隐藏；在“设置”→“界面”里可以找回。</source>
        <translation>The first-campaign guide is hidden; bring it back in Settings → Interface.</translation>
    </message>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>手册正文</source>
        <translation>Text of the manual</translation>
    </message>
    <message>
        <source>后退</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>回到上一处</source>
        <translation>Back to where you were</translation>
    </message>
    <message>
        <source>前进</source>
        <translation>Forward</translation>
    </message>
    <message>
        <source>前进到下一处</source>
        <translation>Forward again</translation>
    </message>
    <message>
        <source>在本章中查找</source>
        <translation>Find in this chapter</translation>
    </message>
    <message>
        <source>回车找下一处</source>
        <translation>Enter goes to the next</translation>
    </message>
    <message>
        <source>目录</source>
        <translation>Contents</translation>
    </message>
    <message>
        <source>{}（此安装包未包含）</source>
        <translation>{} (not in this build)</translation>
    </message>
    <message>
        <source>此安装包没有这一章（{}）。请安装完整的程序，或到发布页面阅读手册。</source>
        <translation>This build does not have the chapter ({}). Install the complete program, or read the manual where the program is released.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 处</source>
        <translation>
            <numerusform>%Ln place</numerusform>
            <numerusform>%Ln places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportNotices</name>
    <message>
        <source>{file} 已导入：更新 {changed} 位客户，{refused} 行不能导入。</source>
        <translation>{file} imported. Customers updated: {changed}; rows refused: {refused}.</translation>
    </message>
</context>
<context>
    <name>ImportRecords</name>
    <message>
        <source>导入记录</source>
        <translation>Import history</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Loading…</translation>
    </message>
    <message>
        <source>撤销所选的导入</source>
        <translation>Undo selected import</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>撤销会让资料恢复原值；同意记录和拒收名单不受影响。</source>
        <translation>Undoing restores former attribute values; consent records and suppressions are not affected.</translation>
    </message>
    <message>
        <source>还没有导入过文件。导入可以给客户补充会员等级之类的资料。</source>
        <translation>No file imported yet. Imports can add attributes such as a membership level to customers.</translation>
    </message>
    <message>
        <source>文件</source>
        <translation>File</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>行数</source>
        <translation>Rows</translation>
    </message>
    <message>
        <source>更新客户</source>
        <translation>Updated</translation>
    </message>
    <message>
        <source>已是最新</source>
        <translation>Up to date</translation>
    </message>
    <message>
        <source>等待匹配</source>
        <translation>Unmatched</translation>
    </message>
    <message>
        <source>连号</source>
        <translation>Consecutive</translation>
    </message>
    <message>
        <source>不能导入</source>
        <translation>Refused</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>撤销导入“{file}”？</source>
        <translation>Undo the import of &quot;{file}&quot;?</translation>
    </message>
    <message>
        <source>导入补充的资料会恢复原值，等待匹配的行会删除；之后又改过的资料不动。同意记录和拒收名单不受影响。</source>
        <translation>Imported attributes return to their former values and rows awaiting a match are deleted; attributes changed since then stay as they are. Consent records and suppressions are not affected.</translation>
    </message>
    <message>
        <source>撤销导入</source>
        <translation>Undo import</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
</context>
<context>
    <name>ImportWizard</name>
    <message>
        <source>导入文件</source>
        <translation>Import file</translation>
    </message>
    <message>
        <source>上一步</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>放弃</source>
        <translation>Discard</translation>
    </message>
    <message>
        <source>{} · {}</source>
        <translation>{} · {}</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>试运行</source>
        <translation>Dry run</translation>
    </message>
    <message numerus="yes">
        <source>导入 {count} 行</source>
        <translation>
            <numerusform>Import {count} row</numerusform>
            <numerusform>Import {count} rows</numerusform>
        </translation>
    </message>
    <message>
        <source>导入</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>在后台继续</source>
        <translation>Run in background</translation>
    </message>
    <message>
        <source>完成</source>
        <translation>Finish</translation>
    </message>
    <message>
        <source>选择文件</source>
        <translation>Choose file</translation>
    </message>
    <message>
        <source>预览</source>
        <translation>Preview</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
</context>
<context>
    <name>ImportWords</name>
    <message>
        <source>{said}（第 {row} 行）</source>
        <translation>{said} (row {row})</translation>
    </message>
    <message>
        <source>合计</source>
        <translation>Total</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>行数</source>
        <translation>Rows</translation>
    </message>
    <message>
        <source>行</source>
        <translation>Row</translation>
    </message>
    <message>
        <source>列</source>
        <translation>Column</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>不导入</source>
        <translation>Do not import</translation>
    </message>
    <message>
        <source>客户标识</source>
        <translation>Customer ref</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>省份</source>
        <translation>Province</translation>
    </message>
    <message>
        <source>城市</source>
        <translation>City</translation>
    </message>
    <message>
        <source>属性：{name}</source>
        <translation>Attribute: {name}</translation>
    </message>
    <message>
        <source>已撤销：{changed} 位客户的资料恢复原值，{waiting} 行等待匹配的记录已删除。</source>
        <translation>Undone. Customers restored: {changed}; unmatched rows deleted: {waiting}.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>……共 {total} 行</source>
        <translation>… {total} rows in total</translation>
    </message>
</context>
<context>
    <name>InboxPage</name>
    <message>
        <source>退订与投诉</source>
        <translation>Opt-outs and complaints</translation>
    </message>
    <message>
        <source>收到的回复</source>
        <translation>Replies</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message numerus="yes">
        <source>找到 {count} 条回复。</source>
        <translation>
            <numerusform>{count} reply found.</numerusform>
            <numerusform>{count} replies found.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>共 {count} 条回复。</source>
        <translation>
            <numerusform>{count} reply.</numerusform>
            <numerusform>{count} replies.</numerusform>
        </translation>
    </message>
    <message>
        <source>回复退订的人已自动加入拒收名单。</source>
        <translation> Whoever opted out is suppressed.</translation>
    </message>
    <message>
        <source>投诉</source>
        <translation>Complaints</translation>
    </message>
    <message>
        <source>拒收名单</source>
        <translation>Suppression list</translation>
    </message>
    <message>
        <source>客户回复</source>
        <translation>Replies</translation>
    </message>
    <message>
        <source>风向标</source>
        <translation>Trend</translation>
    </message>
    <message>
        <source>退订与投诉的各部分</source>
        <translation>Parts of opt-outs and complaints</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>All</translation>
    </message>
    <message>
        <source>退订</source>
        <translation>Opted out</translation>
    </message>
    <message>
        <source>其他回复</source>
        <translation>Others</translation>
    </message>
    <message>
        <source>按意思筛选</source>
        <translation>Filter by meaning</translation>
    </message>
    <message>
        <source>查找回复</source>
        <translation>Find replies</translation>
    </message>
    <message>
        <source>完整手机号、客户标识或回复内容</source>
        <translation>Whole number, reference or words</translation>
    </message>
    <message>
        <source>还没有人回复</source>
        <translation>No replies yet</translation>
    </message>
    <message>
        <source>客户的回复会自动收到这里。回复 R、T、TD、退订等的人立即加入拒收名单，并回写平台。</source>
        <translation>Replies come in here. Whoever answers R, T, TD or the like is suppressed at once, and the platform is told.</translation>
    </message>
    <message>
        <source>没有符合条件的回复</source>
        <translation>No such reply</translation>
    </message>
    <message>
        <source>手机号和客户标识要输入完整；也可以输入回复里的几个字。</source>
        <translation>Type the whole number or reference, or some words of the reply.</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>号码已删除</source>
        <translation>Number erased</translation>
    </message>
    <message>
        <source>回复</source>
        <translation>Reply</translation>
    </message>
    <message>
        <source>意思</source>
        <translation>Meaning</translation>
    </message>
    <message>
        <source>处理</source>
        <translation>Handling</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>收自</source>
        <translation>From</translation>
    </message>
    <message>
        <source>已解除拒收</source>
        <translation>Lifted</translation>
    </message>
    <message>
        <source>其后有更新的同意，并经人复核。</source>
        <translation>A newer consent was reviewed.</translation>
    </message>
    <message>
        <source>平台未接受</source>
        <translation>Not accepted</translation>
    </message>
    <message>
        <source>已加入拒收名单，但平台没有接受回写。</source>
        <translation>Suppressed, but the platform did not accept it.</translation>
    </message>
    <message>
        <source>待回写平台</source>
        <translation>Platform not told</translation>
    </message>
    <message>
        <source>已加入拒收名单，后台会一直重试回写平台。</source>
        <translation>Suppressed; the platform is being told.</translation>
    </message>
    <message>
        <source>已拒收</source>
        <translation>Suppressed</translation>
    </message>
    <message>
        <source>已加入拒收名单，不再发送。</source>
        <translation>Suppressed; nothing more is sent.</translation>
    </message>
</context>
<context>
    <name>LastResults</name>
    <message>
        <source>最近的结果</source>
        <translation>Latest results</translation>
    </message>
    <message>
        <source>查看结果</source>
        <translation>View results</translation>
    </message>
    <message>
        <source>查看“{}”的结果</source>
        <translation>View results of &quot;{}&quot;</translation>
    </message>
    <message>
        <source>{} · {}</source>
        <translation>{} · {}</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>LiftQuestion</name>
    <message>
        <source>解除退订</source>
        <translation>Lift the opt-out</translation>
    </message>
    <message>
        <source>只有平台给出的、晚于退订的明确同意才能解除；投诉和未成年人的拒收不会解除。解除写入记录，发送前仍要核验。</source>
        <translation>Only an explicit consent that the platform told and that is later than the opt-out lifts it; complaints and minors stay. It goes on record, and the gate is asked all the same before anything is sent.</translation>
    </message>
    <message>
        <source>解除这个人的退订？</source>
        <translation>Lift this person&apos;s opt-out?</translation>
    </message>
    <message>
        <source>复核人</source>
        <translation>Reviewer</translation>
    </message>
    <message>
        <source>还没有向平台查询过此人的同意。</source>
        <translation>The platform was never asked about this person&apos;s consent.</translation>
    </message>
    <message>
        <source>平台最近的答复：{status}，没有说何时取得。</source>
        <translation>The platform&apos;s newest answer: {status}, without saying when it was given.</translation>
    </message>
    <message>
        <source>平台最近的答复：{status}，{at} 取得，方式：{method}。</source>
        <translation>The platform&apos;s newest answer: {status}, given {at}, method: {method}.</translation>
    </message>
</context>
<context>
    <name>LoginCard</name>
    <message>
        <source>登录这台电脑后，由后台进程接着发</source>
        <translation>Let the worker send after login to this computer</translation>
    </message>
    <message>
        <source>不用打开窗口，定时的活动到时照常发出。只在本用户登录期间运行；关闭窗口时也可以选它。</source>
        <translation>Scheduled campaigns leave on time without a window. It runs only while you are logged in; you can choose it too when you close the window.</translation>
    </message>
    <message>
        <source>关闭窗口以后</source>
        <translation>After the window is closed</translation>
    </message>
    <message>
        <source>正在更改…</source>
        <translation>Changing…</translation>
    </message>
    <message>
        <source>现在：登录时自动启动</source>
        <translation>Now: starts at login</translation>
    </message>
    <message>
        <source>现在：登录时不启动</source>
        <translation>Now: does not start at login</translation>
    </message>
</context>
<context>
    <name>LookBackColumns</name>
    <message>
        <source>回头看</source>
        <translation>Look-back</translation>
    </message>
    <message>
        <source>发送日期</source>
        <translation>Sent</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>已复查</source>
        <translation>Looked at</translation>
    </message>
    <message>
        <source>开始于</source>
        <translation>Begun</translation>
    </message>
    <message>
        <source>结论</source>
        <translation>Verdict</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>规则</source>
        <translation>Rule</translation>
    </message>
    <message>
        <source>先后</source>
        <translation>Then or since</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>条数</source>
        <translation>Messages</translation>
    </message>
    <message>
        <source>已完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>已逾期</source>
        <translation>Overdue</translation>
    </message>
    <message>
        <source>进行中</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>要做什么</source>
        <translation>What to do</translation>
    </message>
    <message>
        <source>负责人</source>
        <translation>Owner</translation>
    </message>
    <message>
        <source>期限</source>
        <translation>Due</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>来自</source>
        <translation>From</translation>
    </message>
    <message>
        <source>发送于</source>
        <translation>Sent at</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Number</translation>
    </message>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>从何时起</source>
        <translation>Since</translation>
    </message>
    <message>
        <source>原文</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>{first} 至 {last}</source>
        <translation>{first} to {last}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>全部活动</source>
        <translation>All campaigns</translation>
    </message>
    <message>
        <source>按设定自动开始</source>
        <translation>By itself, as it is set</translation>
    </message>
</context>
<context>
    <name>LookBackSection</name>
    <message>
        <source>比较两次…</source>
        <translation>Compare…</translation>
    </message>
    <message>
        <source>开始回头看…</source>
        <translation>Look back…</translation>
    </message>
    <message>
        <source>各次回头看</source>
        <translation>Look-backs</translation>
    </message>
    <message>
        <source>按原因分的结果</source>
        <translation>Result by reason</translation>
    </message>
    <message>
        <source>整改清单</source>
        <translation>To put right</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>用现在的规则和同意记录复查已发出的短信：哪些现在不能发、为什么。已发出的记录不会改动。</source>
        <translation>What was sent, by today&apos;s rules and consents: what would not leave now, and why. Nothing that was sent is changed.</translation>
    </message>
    <message>
        <source>已复查 {looked} 条 = {parts}</source>
        <translation>{looked} looked at = {parts}</translation>
    </message>
    <message>
        <source>#{id} {state}</source>
        <translation>#{id} {state}</translation>
    </message>
    <message>
        <source>范围内共 {total} 条</source>
        <translation>{total} in its scope</translation>
    </message>
    <message>
        <source>规则版本 {packs}</source>
        <translation>rule packs {packs}</translation>
    </message>
    <message>
        <source>没有发现现在不能发送的短信。</source>
        <translation>Everything that was looked at would leave today.</translation>
    </message>
    <message>
        <source>选中一行看说明；按回车列出这些短信。</source>
        <translation>Choose a row for what it means; Enter lists its messages.</translation>
    </message>
    <message>
        <source>回头看的进度</source>
        <translation>Progress of the look-back</translation>
    </message>
    <message>
        <source>暂停</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>继续</source>
        <translation>Go on</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>查看短信…</source>
        <translation>Messages…</translation>
    </message>
    <message>
        <source>加入整改…</source>
        <translation>To put right…</translation>
    </message>
    <message>
        <source>修改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>还没有整改项。在“结果”里选中一行，点“加入整改”，写明负责人和期限。</source>
        <translation>Nothing is to be put right yet. Choose a row under &quot;Result&quot;, then &quot;To put right&quot;, and say who does it until when.</translation>
    </message>
    <message>
        <source>结果或整改</source>
        <translation>Result, or what to put right</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>还没有回头看过</source>
        <translation>Nothing was looked back at yet</translation>
    </message>
    <message>
        <source>规则会更新，同意会撤回，签名会过期。回头看用现在的规则和同意记录复查已经发出的短信，说明哪些现在不能发、为什么，并把要整改的事交给负责人。也可以在“设置 → 策略”里设定每隔多少天自动进行。</source>
        <translation>Rules change, consents are withdrawn, signatures expire. A look-back goes over what was sent by today&apos;s rules and consents, says what would not leave now and why, and hands what is to be put right to somebody. &quot;Settings → Policies&quot; has it done by itself every so many days.</translation>
    </message>
</context>
<context>
    <name>MakeDialog</name>
    <message>
        <source>生成</source>
        <translation>Make</translation>
    </message>
    <message>
        <source>生成自查报告</source>
        <translation>Make a self-check report</translation>
    </message>
    <message>
        <source>生成进度</source>
        <translation>Progress of the file</translation>
    </message>
    <message>
        <source>PDF：封面、目录、编号的表和图，可直接报送</source>
        <translation>PDF: cover, contents, numbered tables and charts, ready to hand in</translation>
    </message>
    <message>
        <source>XLSX：每个数字和它背后的行，号码已遮盖</source>
        <translation>XLSX: every number and the rows behind it, numbers masked</translation>
    </message>
    <message>
        <source>报告文件</source>
        <translation>File of the report</translation>
    </message>
    <message>
        <source>{first} 至 {last} · {stage}</source>
        <translation>{first} to {last} · {stage}</translation>
    </message>
    <message>
        <source>数字在生成时重新统计。报告附审计链头，文件的 SHA-256 记入审计；已有的文件不会被覆盖。</source>
        <translation>Everything is counted again for the file. The report holds the head of the audit, and the audit the file&apos;s SHA-256; no file is replaced.</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>自查报告-{first}-{last}</source>
        <translation>self-check-{first}-{last}</translation>
    </message>
    <message>
        <source>自查报告</source>
        <translation>Self-check report</translation>
    </message>
    <message>
        <source>保存到</source>
        <translation>Save as</translation>
    </message>
</context>
<context>
    <name>MatterWords</name>
    <message>
        <source>{} · 同步失败</source>
        <translation>{} · sync failed</translation>
    </message>
    <message>
        <source>导入文件失败</source>
        <translation>File import failed</translation>
    </message>
    <message>
        <source>{}：{} 已收到的数据都保留。</source>
        <translation>{}: {} Everything received is kept.</translation>
    </message>
    <message>
        <source>去看看</source>
        <translation>View</translation>
    </message>
    <message>
        <source>它名下的店铺都已断开，客户和记录都在，但不能核验也不能发送。</source>
        <translation>All its shops are disconnected. Customers and records are kept, but nothing can be screened or sent.</translation>
    </message>
    <message>
        <source>{} · 没有已连接的店铺</source>
        <translation>{} · no connected shop</translation>
    </message>
    <message>
        <source>去连接</source>
        <translation>Connect</translation>
    </message>
    <message>
        <source>文件 {} 有错误，自有规则没有更新，仍按上一次可用的版本核对。</source>
        <translation>The file {} has an error; your own rules were not updated, and the last good version stays in use.</translation>
    </message>
    <message>
        <source>自有规则有错误</source>
        <translation>Your own rules have an error</translation>
    </message>
    <message>
        <source>{} · 等待处理</source>
        <translation>{} · waiting for you</translation>
    </message>
    <message>
        <source>去处理</source>
        <translation>Resolve</translation>
    </message>
    <message>
        <source>之后发过短信：电脑坏了，发送记录、退订和投诉都找不回来。</source>
        <translation>Messages have left since. If this computer fails, records, opt-outs and complaints are lost.</translation>
    </message>
    <message>
        <source>发过短信：电脑坏了，发送记录、退订和投诉都找不回来。</source>
        <translation>Messages have left. If this computer fails, records, opt-outs and complaints are lost.</translation>
    </message>
    <message>
        <source>还没有备份</source>
        <translation>No backup yet</translation>
    </message>
    <message>
        <source>去备份</source>
        <translation>Back up</translation>
    </message>
    <message>
        <source>上次备份是 {}</source>
        <translation>Last backup: {}</translation>
    </message>
    <message>
        <source>最早的是“{what}”：期限 {day}，负责人 {who}。</source>
        <translation>The first is &quot;{what}&quot;: due {day}, by {who}.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 项整改已到期</source>
        <translation>
            <numerusform>%Ln thing to put right is due</numerusform>
            <numerusform>%Ln things to put right are due</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln 个投诉已经超期</source>
        <translation>
            <numerusform>%Ln complaint is overdue</numerusform>
            <numerusform>%Ln complaints are overdue</numerusform>
        </translation>
    </message>
    <message>
        <source>超过了认领或答复的期限，请尽快处理。</source>
        <translation>Their time to be taken on or answered is over.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 个投诉今天到期</source>
        <translation>
            <numerusform>%Ln complaint is due today</numerusform>
            <numerusform>%Ln complaints are due today</numerusform>
        </translation>
    </message>
    <message>
        <source>今天是认领或答复的最后一天。</source>
        <translation>Today is the last day to take them on or answer.</translation>
    </message>
    <message>
        <source>投诉 {} · 已超期</source>
        <translation>Complaint {} · overdue</translation>
    </message>
    <message>
        <source>投诉 {} · 今天到期</source>
        <translation>Complaint {} · due today</translation>
    </message>
    <message>
        <source>{at} 收到，要做的是：{what}。</source>
        <translation>Received {at}. {what}. </translation>
    </message>
    <message numerus="yes">
        <source>已超期 %Ln 天。</source>
        <translation>
            <numerusform>It is %Ln day over.</numerusform>
            <numerusform>It is %Ln days over.</numerusform>
        </translation>
    </message>
    <message>
        <source>{} · 没有后台进程处理</source>
        <translation>{} · no worker takes it</translation>
    </message>
    <message numerus="yes">
        <source>自 {} 起有 %Ln 项在等：</source>
        <translation>
            <numerusform>%Ln job has waited since {}: </numerusform>
            <numerusform>%Ln jobs have waited since {}: </numerusform>
        </translation>
    </message>
    <message>
        <source>文件在另一台电脑上，请在那台电脑上打开允发，导入会接着做完。</source>
        <translation>the file is on another computer. Open Yunfa there: the import then goes on to its end.</translation>
    </message>
    <message>
        <source>文件在本机，要由本机处理；启动后从停下的地方继续。</source>
        <translation>the file is on this computer, which has to do it. It goes on where it stopped.</translation>
    </message>
    <message>
        <source>正在运行的后台进程都不负责这一项。可以由本机处理，或请管理员启动负责它的后台进程。</source>
        <translation>none of the workers at work takes this. Let this computer do it, or ask your administrator for a worker that does.</translation>
    </message>
    <message>
        <source>由本机处理</source>
        <translation>Do it here</translation>
    </message>
    <message numerus="yes">
        <source>还在等 %Ln 台，请保持那里的后台进程运行。</source>
        <translation>
            <numerusform> %Ln has still to look; keep its worker running.</numerusform>
            <numerusform> %Ln have still to look; keep their workers running.</numerusform>
        </translation>
    </message>
    <message>
        <source>受众 {} 人，等{}批准。</source>
        <translation>An audience of {}, waiting for approval by: {}.</translation>
    </message>
    <message>
        <source>{}：没有通过审核、没有在运营商报备，或很久没有读到；同步时自动更新。</source>
        <translation>{}: not approved, not filed with the carriers, or not read for long; updated at each sync.</translation>
    </message>
    <message>
        <source>受众 {} 人，核对后就可以批准和安排发送。</source>
        <translation>Audience of {}; check it, then approve and schedule.</translation>
    </message>
    <message>
        <source>{} · 已核验，待批准</source>
        <translation>{} · screened, to be approved</translation>
    </message>
    <message>
        <source>去批准</source>
        <translation>Approve</translation>
    </message>
    <message>
        <source>最近的草稿，可以接着做。</source>
        <translation>Your latest draft, ready to continue.</translation>
    </message>
    <message>
        <source>{} · 草稿</source>
        <translation>{} · draft</translation>
    </message>
    <message>
        <source>最近的草稿，还没有核验。</source>
        <translation>The newest draft; it has not been screened.</translation>
    </message>
    <message>
        <source>正在等各台电脑核对有没有丢失数据，核对完自动继续；到 {} 还有没核对的，活动会暂停，等人处理。</source>
        <translation>Every computer looks whether anything was lost, then sending goes on by itself; if one has not by {}, campaigns are paused until somebody decides.</translation>
    </message>
    <message>
        <source>服务器刚刚切换 · 暂不发送</source>
        <translation>The server has just been exchanged · nothing is sent yet</translation>
    </message>
    <message>
        <source>{} 到期，之后谁都连不上，定时的活动也不会发送。请管理员在那之前换好证书。</source>
        <translation>It ends on {}; from then on nobody connects, and what is scheduled is not sent. An administrator has to renew it before.</translation>
    </message>
    <message numerus="yes">
        <source>数据库服务器的证书还有 %Ln 天到期</source>
        <translation>
            <numerusform>The database server&apos;s certificate ends in %Ln day</numerusform>
            <numerusform>The database server&apos;s certificate ends in %Ln days</numerusform>
        </translation>
    </message>
    <message>
        <source>继续编辑</source>
        <translation>Continue</translation>
    </message>
    <message>
        <source>批准过的活动要安排时间才会发送。</source>
        <translation>An approved campaign is only sent once it is scheduled.</translation>
    </message>
    <message>
        <source>{} · 已批准，待安排</source>
        <translation>{} · approved, not scheduled</translation>
    </message>
    <message>
        <source>去安排</source>
        <translation>Schedule</translation>
    </message>
    <message>
        <source>发送时程序或后台进程要开着，否则会等您处理，不会迟发。</source>
        <translation>The program or the worker must be running then; otherwise the campaign waits for you and is not sent late.</translation>
    </message>
    <message>
        <source>{} · 今天 {} 发送</source>
        <translation>{} · sends today at {}</translation>
    </message>
    <message>
        <source>查看</source>
        <translation>View</translation>
    </message>
    <message>
        <source>去更换</source>
        <translation>Replace</translation>
    </message>
    <message numerus="yes">
        <source>签名【{}】还有 %Ln 天到期</source>
        <translation>
            <numerusform>The signature 【{}】 expires in %Ln day</numerusform>
            <numerusform>The signature 【{}】 expires in %Ln days</numerusform>
        </translation>
    </message>
    <message>
        <source>到期后不能再用，请先在平台续期或换一个签名。</source>
        <translation>It cannot be used after that; renew it on the platform or choose another signature.</translation>
    </message>
    <message>
        <source>签名【{}】已过期</source>
        <translation>The signature 【{}】 has expired</translation>
    </message>
    <message>
        <source>过期的签名不能发送，请在平台续期。</source>
        <translation>An expired signature cannot be sent with; renew it on the platform.</translation>
    </message>
    <message>
        <source>活动“{}”用到它，但它没有通过审核或没有在运营商报备，不能发送。</source>
        <translation>The campaign &quot;{}&quot; uses it, but it is not approved or not filed with the carriers and cannot be sent with.</translation>
    </message>
    <message>
        <source>签名【{}】还不能用</source>
        <translation>The signature 【{}】 is not usable yet</translation>
    </message>
    <message>
        <source>活动“{}”用到它，发送通道却已没有这个签名，到时会停下。请在平台恢复它，或换一个签名。</source>
        <translation>The campaign &quot;{}&quot; uses it, but the sender does not have it any more, so the campaign will stop. Have it restored on the platform, or use another signature.</translation>
    </message>
    <message>
        <source>签名【{}】在发送通道已查不到</source>
        <translation>The sender no longer has the signature 【{}】</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 个签名还不能用</source>
        <translation>
            <numerusform>%Ln signature is not usable yet</numerusform>
            <numerusform>%Ln signatures are not usable yet</numerusform>
        </translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>仍用我的</source>
        <translation>Use mine</translation>
    </message>
</context>
<context>
    <name>MoneySection</name>
    <message>
        <source>费用与预算</source>
        <translation>Costs and budgets</translation>
    </message>
    <message>
        <source>费用按单价乘以每个人实际的计费条数算出，以服务商账单为准。改动留痕，从下一批起生效。</source>
        <translation>The price times the parts of every single message; the provider&apos;s bill decides. Changes are recorded and hold from the next batch on.</translation>
    </message>
    <message>
        <source>还没有发送通道</source>
        <translation>No sender account yet</translation>
    </message>
    <message>
        <source>连接能发短信的账户后，在这里填它的单价。</source>
        <translation>Connect an account that takes messages, then set its price here.</translation>
    </message>
    <message>
        <source>去连接账户</source>
        <translation>Connect an account</translation>
    </message>
    <message>
        <source>每条单价</source>
        <translation>Price of one part</translation>
    </message>
    <message>
        <source>按与服务商的合同填写，最小到 0.0001 元。腾讯云的套餐余量见其账户卡片，其他余额请到服务商控制台查看。</source>
        <translation>As agreed with the provider, in steps of 0.0001 yuan. What is left of Tencent Cloud&apos;s packages stands on its account&apos;s card; for other providers look at their consoles.</translation>
    </message>
    <message>
        <source>每月预算</source>
        <translation>Budget of each month</translation>
    </message>
    <message>
        <source>每个主体每个自然月（北京时间）最多花多少。会超出的活动不会开始，等人处理；不填即不限。</source>
        <translation>What each entity may spend in a calendar month (Beijing time). A campaign that would exceed it does not begin and waits for a person; empty means no limit.</translation>
    </message>
    <message>
        <source>请填 0 到 10 之间的数，最小到 0.0001。</source>
        <translation>Enter a number from 0 to 10, in steps of 0.0001.</translation>
    </message>
    <message>
        <source>请填 0 或以上的金额，最小到 0.0001。</source>
        <translation>Enter an amount of 0 or more, in steps of 0.0001.</translation>
    </message>
    <message>
        <source>元/条</source>
        <translation>yuan/part</translation>
    </message>
    <message>
        <source>未填</source>
        <translation>Not set</translation>
    </message>
    <message>
        <source>元</source>
        <translation>yuan</translation>
    </message>
    <message>
        <source>不限</source>
        <translation>No limit</translation>
    </message>
    <message>
        <source>本月已用 {cost}，计费 {parts} 条</source>
        <translation>Spent this month: {cost} for {parts} parts</translation>
    </message>
    <message>
        <source>；其中 {parts} 条发出时没有单价，未计入</source>
        <translation>; {parts} of them left without a price and are not counted</translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>页面</source>
        <translation>Pages</translation>
    </message>
    <message>
        <source>筹备中</source>
        <translation>Coming</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>打开手册中讲这一页的一章</source>
        <translation>Open the manual at the chapter about this page</translation>
    </message>
</context>
<context>
    <name>NewCampaign</name>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>{month}月{day}日活动</source>
        <translation>Campaign of {day} {month}</translation>
    </message>
    <message>
        <source>新建并选受众</source>
        <translation>Create, pick audience</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>只有您看得到，不会写进短信。</source>
        <translation>Only you see it; it is not part of the message.</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>对这次发送负责的单位；受众是它名下已连接店铺的客户。</source>
        <translation>The organization answering for this sending; the audience is the customers of its connected shops.</translation>
    </message>
    <message>
        <source>同意按用途核验：同意收零售短信，不等于同意收金融短信。只会发给同意过这一用途的人。</source>
        <translation>Consent is checked by purpose: agreeing to retail messages is not agreeing to financial ones. Only people who agreed to this purpose are sent to.</translation>
    </message>
    <message>
        <source>用途</source>
        <translation>Purpose</translation>
    </message>
    <message>
        <source>还没有名称</source>
        <translation>No name yet</translation>
    </message>
    <message>
        <source>先选择主体</source>
        <translation>Choose the entity first</translation>
    </message>
    <message>
        <source>先连接店铺账户</source>
        <translation>Connect a shop account first</translation>
    </message>
    <message>
        <source>活动只发给平台接口确认同意过的客户，所以先要连接一个平台账户。</source>
        <translation>Campaigns only reach customers whose consent the platform API confirms, so connect a platform account first.</translation>
    </message>
    <message>
        <source>去设置连接账户</source>
        <translation>Connect in Settings</translation>
    </message>
</context>
<context>
    <name>NewCaseDialog</name>
    <message>
        <source>登记</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>登记投诉</source>
        <translation>Enter a complaint</translation>
    </message>
    <message>
        <source>登记进度</source>
        <translation>Progress</translation>
    </message>
    <message>
        <source>被投诉的主体</source>
        <translation>Entity complained of</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Source</translation>
    </message>
    <message>
        <source>投诉编号</source>
        <translation>Complaint&apos;s number</translation>
    </message>
    <message>
        <source>工单号；没有可不填</source>
        <translation>Ticket number, if there is one</translation>
    </message>
    <message>
        <source>投诉人号码</source>
        <translation>Complainant&apos;s number</translation>
    </message>
    <message>
        <source>11 位手机号</source>
        <translation>11 digits</translation>
    </message>
    <message>
        <source>客户标识</source>
        <translation>Customer ref</translation>
    </message>
    <message>
        <source>没有号码时填写</source>
        <translation>Where there is no number</translation>
    </message>
    <message>
        <source>客户标识属于哪家店铺</source>
        <translation>Shop of the ref</translation>
    </message>
    <message>
        <source>按标识查找店铺</source>
        <translation>Find the shop by the ref</translation>
    </message>
    <message>
        <source>投诉时间（北京时间）</source>
        <translation>Made at (Beijing time)</translation>
    </message>
    <message>
        <source>收到时间（北京时间）</source>
        <translation>Received at (Beijing time)</translation>
    </message>
    <message>
        <source>被诉端口</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>投诉里写的发送号码</source>
        <translation>Sender as the complaint quotes it</translation>
    </message>
    <message>
        <source>被诉签名</source>
        <translation>Signature</translation>
    </message>
    <message>
        <source>投诉里写的签名</source>
        <translation>Signature as quoted</translation>
    </message>
    <message>
        <source>投诉内容</source>
        <translation>What it says</translation>
    </message>
    <message>
        <source>投诉里怎么说</source>
        <translation>What the complaint says</translation>
    </message>
    <message>
        <source>登记后，投诉人立即加入该主体的拒收名单，所有店铺都不再发送，不能解除；期限从收到的次日起算。</source>
        <translation>Its person is suppressed for the entity at once: no shop sends to them any more, for good. Deadlines count from the day after receipt.</translation>
    </message>
    <message>
        <source>先选择主体</source>
        <translation>Choose the entity first</translation>
    </message>
    <message>
        <source>填写投诉人的号码或客户标识</source>
        <translation>Type the complainant&apos;s number or customer ref</translation>
    </message>
</context>
<context>
    <name>NewPassphrase</name>
    <message numerus="yes">
        <source>新口令，至少 %Ln 个字符</source>
        <translation>
            <numerusform>New passphrase, at least %Ln character</numerusform>
            <numerusform>New passphrase, at least %Ln characters</numerusform>
        </translation>
    </message>
    <message>
        <source>再输入一次</source>
        <translation>Once more</translation>
    </message>
    <message>
        <source>建议用一句只有您知道的话，比单个词更难猜。</source>
        <translation>A sentence only you know is harder to guess than a single word.</translation>
    </message>
    <message numerus="yes">
        <source>还差 %Ln 个字符。</source>
        <translation>
            <numerusform>%Ln more character needed.</numerusform>
            <numerusform>%Ln more characters needed.</numerusform>
        </translation>
    </message>
    <message>
        <source>太容易猜到：请混用文字、字母、数字或符号。</source>
        <translation>Too easy to guess: mix words, letters, digits or symbols.</translation>
    </message>
    <message>
        <source>两次输入一致。</source>
        <translation>Both entries match.</translation>
    </message>
    <message>
        <source>两次输入还不一致。</source>
        <translation>The entries do not match yet.</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>全部关闭</source>
        <translation>Close all</translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 条更早的提示，关闭上面的就会显示。</source>
        <translation>
            <numerusform>%Ln earlier notice is shown once one above is closed.</numerusform>
            <numerusform>%Ln earlier notices are shown as those above are closed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoticeLine</name>
    <message>
        <source>关闭提示</source>
        <translation>Dismiss</translation>
    </message>
</context>
<context>
    <name>NoticesDialog</name>
    <message>
        <source>第三方声明</source>
        <translation>Third-party notices</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>本程序带有下列组件。它们的许可文本是原文，没有翻译。</source>
        <translation>The program comes with these parts. Their licences are given as their authors wrote them.</translation>
    </message>
</context>
<context>
    <name>NumberListDialog</name>
    <message>
        <source>导入拒收名单</source>
        <translation>Import a suppression list</translation>
    </message>
    <message>
        <source>哪个主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>原因，例如 运营商转来的谢绝名单</source>
        <translation>Reason, e.g. a list handed on by a carrier</translation>
    </message>
    <message>
        <source>名单里的号码立即加入主体的拒收名单，所有店铺都不再发送，并回写平台；文件里的其他列不读。</source>
        <translation>Every number is suppressed for the entity at once: no shop sends to it, and platforms are told. Other columns are not read.</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>先选择主体</source>
        <translation>Choose the entity first</translation>
    </message>
    <message>
        <source>先填写原因</source>
        <translation>State the reason first</translation>
    </message>
    <message>
        <source>可以加入</source>
        <translation>Can be added</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone number</translation>
    </message>
    <message numerus="yes">
        <source>加入 %Ln 个号码</source>
        <translation>
            <numerusform>Add %Ln number</numerusform>
            <numerusform>Add %Ln numbers</numerusform>
        </translation>
    </message>
    <message>
        <source>加入</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>新加入 {new} 个，</source>
        <translation>{new} added, </translation>
    </message>
    <message>
        <source>将新加入 {new} 个，</source>
        <translation>{new} would be added, </translation>
    </message>
    <message>
        <source>已在名单里 {known} 个，重复 {repeated} 行，共 {rows} 行。</source>
        <translation>{known} known already, {repeated} repeated, {rows} rows in all. </translation>
    </message>
    <message>
        <source>没有加入：{why}。</source>
        <translation>Not added: {why}.</translation>
    </message>
</context>
<context>
    <name>Numbers</name>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
</context>
<context>
    <name>OrderWords</name>
    <message>
        <source>{}从大到小</source>
        <translation>{}, largest first</translation>
    </message>
    <message>
        <source>{}从小到大</source>
        <translation>{}, smallest first</translation>
    </message>
    <message>
        <source>{}倒序</source>
        <translation>{}, descending</translation>
    </message>
    <message>
        <source>{}正序</source>
        <translation>{}, ascending</translation>
    </message>
</context>
<context>
    <name>Outcome</name>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>不能导入的行</source>
        <translation>Refused rows</translation>
    </message>
    <message>
        <source>所有行都能导入。</source>
        <translation>All rows can be imported.</translation>
    </message>
    <message>
        <source>（前 {some} 行，共 {total} 行）</source>
        <translation> (first {some} of {total} rows)</translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>概览</source>
        <translation>Overview</translation>
    </message>
    <message>
        <source>需要处理</source>
        <translation>Needs attention</translation>
    </message>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>同步、核验和发送都停下了；已发出的不会重发。重新启动后从停下的地方继续。</source>
        <translation>Syncing, screening and sending have stopped; nothing already sent is sent again. Restart to continue where it stopped.</translation>
    </message>
    <message>
        <source>后台进程已停止</source>
        <translation>The worker has stopped</translation>
    </message>
    <message>
        <source>重新启动</source>
        <translation>Restart</translation>
    </message>
    <message numerus="yes">
        <source>再显示 %Ln 项</source>
        <translation>
            <numerusform>Show %Ln more</numerusform>
            <numerusform>Show %Ln more</numerusform>
        </translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Show fewer</translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 项，处理完上面的就会显示。</source>
        <translation>
            <numerusform>%Ln more; it shows once some of those above are dealt with.</numerusform>
            <numerusform>%Ln more; they show once some of those above are dealt with.</numerusform>
        </translation>
    </message>
    <message>
        <source>同步进度</source>
        <translation>Sync progress</translation>
    </message>
    <message>
        <source>两家模拟店铺正在连接和同步，完成后会有一个可以接着做的草稿活动。</source>
        <translation>Two simulated shops are being connected and synced; then a draft campaign is ready for you to continue.</translation>
    </message>
    <message>
        <source>正在同步演示数据…  {} / {} 位客户</source>
        <translation>Syncing demo data…  {} / {} customers</translation>
    </message>
    <message>
        <source>正在准备演示数据…</source>
        <translation>Preparing demo data…</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customers</translation>
    </message>
    <message>
        <source>进行中的活动</source>
        <translation>Active campaigns</translation>
    </message>
    <message>
        <source>已连接店铺</source>
        <translation>Connected shops</translation>
    </message>
    <message>
        <source>查看</source>
        <translation>View</translation>
    </message>
    <message>
        <source>查看{}</source>
        <translation>View: {}</translation>
    </message>
    <message>
        <source>正在同步，已收到 {} 位</source>
        <translation>Syncing, {} received</translation>
    </message>
    <message>
        <source>最近同步 {}</source>
        <translation>Last sync {}</translation>
    </message>
    <message>
        <source>还没有同步过</source>
        <translation>Not synced yet</translation>
    </message>
    <message numerus="yes">
        <source>共 %Ln 个活动</source>
        <translation>
            <numerusform>%Ln campaign in total</numerusform>
            <numerusform>%Ln campaigns in total</numerusform>
        </translation>
    </message>
    <message>
        <source>同意记录来自这些店铺的平台</source>
        <translation>Their platforms issue the consent records</translation>
    </message>
    <message>
        <source>没有需要处理的事</source>
        <translation>Nothing needs attention</translation>
    </message>
    <message>
        <source>等人处理的活动、失败的同步、到期的签名会出现在这里。</source>
        <translation>Campaigns waiting for you, failed syncs and expiring signatures appear here.</translation>
    </message>
</context>
<context>
    <name>OwnPacks</name>
    <message>
        <source>打开文件夹</source>
        <translation>Open folder</translation>
    </message>
    <message>
        <source>重新读取</source>
        <translation>Read again</translation>
    </message>
    <message>
        <source>自有规则</source>
        <translation>Own rules</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message numerus="yes">
        <source>在用 %Ln 条，规则包：{}。</source>
        <translation>
            <numerusform>%Ln rule in use, pack: {}.</numerusform>
            <numerusform>%Ln rules in use, packs: {}.</numerusform>
        </translation>
    </message>
    <message>
        <source>还没有在用的。把规则文件（TOML）放进文件夹里的一个子文件夹，再重新读取。</source>
        <translation>None in use yet. Put rule files (TOML) into a folder inside this folder, then read again.</translation>
    </message>
    <message>
        <source>新的文件有错误，整批没有采用，仍按上一次可用的版本核对。</source>
        <translation>The new files have an error; none of them is used, and the last good version stays in use. </translation>
    </message>
    <message>
        <source>{file} 第 {line} 行：{reason}</source>
        <translation>{file}, line {line}: {reason}</translation>
    </message>
</context>
<context>
    <name>OwnSignatureDialog</name>
    <message>
        <source>登记签名</source>
        <translation>Record a signature</translation>
    </message>
    <message>
        <source>例如 安宁百货，不含【】</source>
        <translation>e.g. the name of your shop, without brackets</translation>
    </message>
    <message>
        <source>例如 106900012345</source>
        <translation>e.g. 106900012345</translation>
    </message>
    <message>
        <source>有效期至</source>
        <translation>Valid until</translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Record</translation>
    </message>
    <message>
        <source>撤销登记</source>
        <translation>Take back</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>用于查不到签名的发送通道（如 SMPP、Kannel）。通道能查到的签名以服务商报告的为准，这里的登记不起作用。登记内容没有服务商确认，发送前会要求再次确认，并写入审计记录。</source>
        <translation>For senders that cannot tell (SMPP, Kannel). Where a provider reports a signature, its word counts and this does not. No provider confirms what you state: it has to be confirmed again before sending, and is kept in the audit.</translation>
    </message>
    <message>
        <source>归属主体</source>
        <translation>Owner</translation>
    </message>
    <message>
        <source>先选择主体</source>
        <translation>Choose the entity first</translation>
    </message>
    <message>
        <source>签名</source>
        <translation>Signature</translation>
    </message>
    <message>
        <source>端口号（选填）</source>
        <translation>Port (optional)</translation>
    </message>
    <message>
        <source>自行登记签名</source>
        <translation>State a signature yourself</translation>
    </message>
    <message>
        <source>报备过的用途</source>
        <translation>Purposes filed for</translation>
    </message>
    <message>
        <source>已完成报备的运营商</source>
        <translation>Carriers that have filed it</translation>
    </message>
    <message>
        <source>登记的用途、运营商和有效期都不再保留，这个签名不能再用，直到重新登记。</source>
        <translation>What was stated of its purposes, carriers and validity is not kept, and the signature cannot be used until it is stated again.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>用到它的活动会停下：{names}</source>
        <translation>These campaigns use it and will stop: {names}</translation>
    </message>
    <message>
        <source>撤销签名【{}】的登记？</source>
        <translation>Take back what was stated of 【{}】?</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
</context>
<context>
    <name>PackDialog</name>
    <message>
        <source>导出</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>导出举证包</source>
        <translation>Export case pack</translation>
    </message>
    <message>
        <source>导出进度</source>
        <translation>Progress of the export</translation>
    </message>
    <message>
        <source>举证包文件</source>
        <translation>File of the case pack</translation>
    </message>
    <message>
        <source>一个压缩包：可以递交的 PDF，供程序读取的全部内容，和别人不用本程序也能验证的证据。里面有同意记录与回执、短信原文、签名报备、规则版本、批准、送达回执和审计摘录；手机号已遮盖。导出会记入审计。</source>
        <translation>One archive: a PDF to hand in, all of it for programs to read, and a proof that anybody can verify without this program. In it are the consent with its receipt, the text as sent, the signature&apos;s filing, rule versions, approval, delivery reports and an extract of the audit; numbers are masked. The export is audited.</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>举证包-投诉{number}</source>
        <translation>case-pack-{number}</translation>
    </message>
    <message>
        <source>压缩包</source>
        <translation>Archive</translation>
    </message>
    <message>
        <source>导出到</source>
        <translation>Export to</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>命令面板</source>
        <translation>Command palette</translation>
    </message>
    <message>
        <source>去哪里，或做什么：汉字、拼音、首字母或英文</source>
        <translation>Where to go or what to do: words, pinyin or its initials</translation>
    </message>
    <message>
        <source>↑ ↓ 选择 · Enter 打开 · Esc 关闭</source>
        <translation>↑ ↓ choose · Enter open · Esc close</translation>
    </message>
    <message>
        <source>没有找到“{}”。换个词，或只输入拼音首字母。</source>
        <translation>Nothing found for &quot;{}&quot;. Try another word, or only the initials in pinyin.</translation>
    </message>
    <message>
        <source>找到的命令</source>
        <translation>Commands found</translation>
    </message>
    <message>
        <source>本页操作</source>
        <translation>On this page</translation>
    </message>
    <message>
        <source>页面</source>
        <translation>Page</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
</context>
<context>
    <name>PartsBar</name>
    <message>
        <source>发送通道的单价，在“设置 → 费用与预算”里改</source>
        <translation>The sender account&apos;s price; change it at Settings → Costs and budgets</translation>
    </message>
    <message>
        <source>按与通道的合同填写，只用于估算</source>
        <translation>Enter the price in your sender contract; used for estimates only</translation>
    </message>
    <message numerus="yes">
        <source>{} 条 · {} 字</source>
        <translation>
            <numerusform>{} SMS · {} char</numerusform>
            <numerusform>{} SMS · {} chars</numerusform>
        </translation>
    </message>
    <message>
        <source>每条短信用了多少</source>
        <translation>How much of each part is used</translation>
    </message>
    <message>
        <source>再写 {} 字进入第 {} 条</source>
        <translation>{} chars to SMS {}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>第 {} 条开头：此处会把一个字符切成两段，增减前面的字可以避开</source>
        <translation>Start of SMS {}: a character is cut in two here. Add or drop characters before it to avoid that.</translation>
    </message>
    <message>
        <source>{} 条 {} 人</source>
        <translation>{} SMS: {}</translation>
    </message>
    <message>
        <source>样本 {} 人：{}</source>
        <translation>Sample of {}: {}</translation>
    </message>
    <message>
        <source>全部 {} 人：{}</source>
        <translation>All {} people: {}</translation>
    </message>
    <message>
        <source>（正在统计全部：{}%）</source>
        <translation> (counting everybody: {}%)</translation>
    </message>
    <message>
        <source>估算：{} 条 × {} {} 人</source>
        <translation>Estimate: {} SMS × {} {} people</translation>
    </message>
    <message>
        <source>约 {}</source>
        <translation>About {}</translation>
    </message>
    <message>
        <source>单价未填</source>
        <translation>No price set</translation>
    </message>
    <message>
        <source>可发送</source>
        <translation>eligible</translation>
    </message>
    <message>
        <source>每条单价（元）</source>
        <translation>Price of a part (yuan)</translation>
    </message>
    <message>
        <source> 元/条</source>
        <translation> yuan/part</translation>
    </message>
    <message>
        <source>未填</source>
        <translation>Not set</translation>
    </message>
    <message>
        <source>受众</source>
        <translation>audience</translation>
    </message>
    <message>
        <source>估算：{} 条 × {} {} 人 × 单价；以通道账单为准</source>
        <translation>Estimate: {} SMS × {} {} × price; the sender&apos;s bill decides</translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <source>修改口令</source>
        <translation>Change passphrase</translation>
    </message>
    <message>
        <source>现在的口令</source>
        <translation>Current passphrase</translation>
    </message>
    <message>
        <source>正在修改口令</source>
        <translation>Changing passphrase</translation>
    </message>
    <message>
        <source>密钥不变，只换保护它的口令；新口令写入磁盘之前，旧口令一直有效。用口令文件的命令行也要一并更新。</source>
        <translation>The key stays the same; only the passphrase protecting it changes. The old one works until the new one is written to disk. Update command lines that use a passphrase file as well.</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>口令已修改，下次打开时请用新口令。</source>
        <translation>Passphrase changed; use the new one at the next opening.</translation>
    </message>
</context>
<context>
    <name>PassphrasePanel</name>
    <message>
        <source>口令</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>打开</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>输入口令打开工作区</source>
        <translation>Enter the passphrase to open the workspace</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>打开其他工作区…</source>
        <translation>Open another workspace…</translation>
    </message>
</context>
<context>
    <name>PauseDialog</name>
    <message>
        <source>全部暂停</source>
        <translation>Pause everything</translation>
    </message>
    <message>
        <source>演练</source>
        <translation>Drill</translation>
    </message>
    <message>
        <source>真的要停</source>
        <translation>For real</translation>
    </message>
    <message>
        <source>演练也是真的暂停，没有别的办法知道停下要多久：正在交出的一批会有结果，之后一条也不发。停下之后，可以把这次暂停、还没过发送时段的活动一起恢复。</source>
        <translation>A drill is a real pause: there is no other way to know how long it takes. The batch that is under way is settled, and nothing leaves after it. Then all that was paused and is still within its window can go on together.</translation>
    </message>
    <message>
        <source>暂停“{}”的所有活动</source>
        <translation>Pause every campaign of &quot;{}&quot;</translation>
    </message>
    <message>
        <source>会暂停这些活动</source>
        <translation>These campaigns will be paused</translation>
    </message>
    <message>
        <source>现在没有已安排或发送中的活动：不会暂停什么，也量不出什么。</source>
        <translation>No campaign is scheduled or being sent: nothing would be paused, and nothing can be measured.</translation>
    </message>
    <message>
        <source>{name} · {state}</source>
        <translation>{name} · {state}</translation>
    </message>
</context>
<context>
    <name>PeakWords</name>
    <message>
        <source>全部办好</source>
        <translation>All in order</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 项要处理</source>
        <translation>
            <numerusform>%Ln to do</numerusform>
            <numerusform>%Ln to do</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln 项查不到</source>
        <translation>
            <numerusform>%Ln not known</numerusform>
            <numerusform>%Ln not known</numerusform>
        </translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>预案</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>日期</source>
        <translation>Days</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>值班</source>
        <translation>On duty</translation>
    </message>
    <message>
        <source>最近改动</source>
        <translation>Last change</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>下令时间</source>
        <translation>Command at</translation>
    </message>
    <message>
        <source>性质</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>演练</source>
        <translation>Drill</translation>
    </message>
    <message>
        <source>真实</source>
        <translation>Real</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>停下用时</source>
        <translation>Stopped in</translation>
    </message>
    <message>
        <source>下令时状态</source>
        <translation>At the command</translation>
    </message>
    <message>
        <source>下令之后通道才答复的短信。</source>
        <translation>Messages that the sender answered after the command.</translation>
    </message>
    <message>
        <source>下令后条数</source>
        <translation>Sent after</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaigns</translation>
    </message>
    <message>
        <source>已恢复</source>
        <translation>Went on</translation>
    </message>
    <message>
        <source>{} · 没有在发</source>
        <translation>{} · not at work</translation>
    </message>
    <message>
        <source>批数</source>
        <translation>Batches</translation>
    </message>
    <message>
        <source>没有答复</source>
        <translation>No answer</translation>
    </message>
    <message>
        <source>{} 至 {}</source>
        <translation>{} to {}</translation>
    </message>
    <message>
        <source>从下令到停下 {seconds} 秒，下令之后得到答复的 {messages} 条。</source>
        <translation>Stopped {seconds} s after the command; {messages} messages were answered after it. </translation>
    </message>
    <message>
        <source>另有 {left} 条已登记而没有答复：没有交出，或答复丢失；恢复时先向通道查询，不会重发。</source>
        <translation>{left} more were claimed and have no answer: they were not handed over, or the answer was lost. When the campaign goes on, the sender is asked first and nothing is sent twice. </translation>
    </message>
    <message>
        <source>{name} 于 {at} 确认</source>
        <translation>Confirmed by {name} at {at}</translation>
    </message>
    <message>
        <source>：{}</source>
        <translation>: {}</translation>
    </message>
    <message>
        <source>我已核实</source>
        <translation>I have looked into it</translation>
    </message>
    <message>
        <source>去演练</source>
        <translation>Drill</translation>
    </message>
    <message>
        <source>去填写</source>
        <translation>Write down</translation>
    </message>
    <message>
        <source>去看看</source>
        <translation>View</translation>
    </message>
    <message>
        <source>去处理</source>
        <translation>See to it</translation>
    </message>
    <message>
        <source>还没有主体</source>
        <translation>No entities yet</translation>
    </message>
    <message>
        <source>{} 秒</source>
        <translation>{} s</translation>
    </message>
</context>
<context>
    <name>PeaksSection</name>
    <message>
        <source>全部暂停…</source>
        <translation>Pause everything…</translation>
    </message>
    <message>
        <source>新建预案…</source>
        <translation>New plan…</translation>
    </message>
    <message>
        <source>大促预案</source>
        <translation>Peak plans</translation>
    </message>
    <message>
        <source>每次全部暂停</source>
        <translation>Every pause of everything</translation>
    </message>
    <message>
        <source>各活动停下的情况</source>
        <translation>How each campaign stopped</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>大促前逐项查清、演练全部暂停。清单是本软件的做法，不是法律条文。</source>
        <translation>Look everything up before a peak, and drill pausing everything. The list is the practice of this program, not law.</translation>
    </message>
    <message>
        <source>{name}：{state}</source>
        <translation>{name}: {state}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>全部主体</source>
        <translation>All entities</translation>
    </message>
    <message>
        <source>已过发送时段、没有恢复：{}。</source>
        <translation> Past their window, not resumed: {}.</translation>
    </message>
    <message>
        <source>之后有人动过、没有恢复：{}。</source>
        <translation> Changed by somebody since, not resumed: {}.</translation>
    </message>
    <message>
        <source>还有没办好的：{}。这些会记在预案里，清单上照样看得到。</source>
        <translation>Still open: {}. The plan keeps that, and the list goes on showing it.</translation>
    </message>
    <message>
        <source>仍标记就绪？</source>
        <translation>Call it ready all the same?</translation>
    </message>
    <message>
        <source>标记就绪</source>
        <translation>Call it ready</translation>
    </message>
    <message>
        <source>先去处理</source>
        <translation>See to them first</translation>
    </message>
    <message>
        <source>结束后保持原样，不能再改；记录一直都在。</source>
        <translation>Once over it stays as it is and cannot be changed; its records remain.</translation>
    </message>
    <message>
        <source>结束这个预案？</source>
        <translation>End this plan?</translation>
    </message>
    <message>
        <source>结束预案</source>
        <translation>End the plan</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>只恢复这一次暂停、之后没有人动过、还没过发送时段的：{}。</source>
        <translation>Only what this command paused, nobody has changed since, and is still within its window goes on: {}.</translation>
    </message>
    <message>
        <source>恢复这些活动？</source>
        <translation>Let these campaigns go on?</translation>
    </message>
    <message>
        <source>恢复</source>
        <translation>Go on</translation>
    </message>
    <message>
        <source>先不恢复</source>
        <translation>Not yet</translation>
    </message>
    <message>
        <source>修改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>结束…</source>
        <translation>End…</translation>
    </message>
    <message>
        <source>检查清单</source>
        <translation>Checklist</translation>
    </message>
    <message>
        <source>恢复这些活动…</source>
        <translation>Let them go on…</translation>
    </message>
    <message>
        <source>还没有全部暂停过。发送中的活动在跑时演练一次，就知道从下令到停下要多久。</source>
        <translation>Nothing of this was drilled yet. Drill while a campaign is being sent, and you know how long stopping takes.</translation>
    </message>
    <message>
        <source>检查清单或暂停记录</source>
        <translation>Checklist or pauses</translation>
    </message>
    <message>
        <source>全部暂停的记录</source>
        <translation>Pauses of everything</translation>
    </message>
    <message>
        <source>标记时未办好：{}</source>
        <translation>Open when it was called so: {}</translation>
    </message>
    <message>
        <source>还没有大促预案</source>
        <translation>No peak plan yet</translation>
    </message>
    <message>
        <source>双十一、618 之前写一个预案：哪几天、谁值班。软件替您查受众、频次、预算、签名、授权、备份、退订回写，说出哪一项没办好、去哪里办；再演练一次全部暂停，量出从下令到停下要多久。</source>
        <translation>Write a plan before Double-11 or 618: which days, who is on duty. The program looks up audiences, caps, budgets, signatures, authorisations, backup and opt-outs, and says what is open and where it is mended. Then drill pausing everything, and see how long it takes to stop.</translation>
    </message>
</context>
<context>
    <name>PersonModel</name>
    <message>
        <source>已导出到 {}，号码已打码。</source>
        <translation>Exported to {}, with numbers masked.</translation>
    </message>
    <message>
        <source>已删除此人的姓名、号码、地区、订单、标签和导入的资料。依法须留存的仍保留：客户标识、同意记录、退订与投诉、已发短信的原文和结果。</source>
        <translation>This person&apos;s name, number, place, orders, tags and imported data were erased. What the law wants kept stays: the customer ref, consent records, opt-outs and complaints, and texts and results of what was sent.</translation>
    </message>
    <message>
        <source>此人的资料先前已经删除，没有可再删除的。</source>
        <translation>This person&apos;s data was erased before; there is nothing left to erase.</translation>
    </message>
    <message>
        <source>已限制处理：从现在起只存储此人的资料，所有活动都不再发送。</source>
        <translation>Restricted: from now on this person&apos;s data is only stored, and no campaign reaches them.</translation>
    </message>
    <message>
        <source>已解除退订，写入记录。此人另有投诉或未成年人的拒收，仍不发送。</source>
        <translation>The opt-out is lifted and on record. A complaint or their age still suppresses this person.</translation>
    </message>
    <message>
        <source>已解除退订，写入记录。下一次核验起按平台的同意判断。</source>
        <translation>The opt-out is lifted and on record. From the next screening on the platform&apos;s consent decides.</translation>
    </message>
</context>
<context>
    <name>PersonRequests</name>
    <message>
        <source>个人信息请求</source>
        <translation>Requests about personal data</translation>
    </message>
    <message>
        <source>导出副本…</source>
        <translation>Export a copy…</translation>
    </message>
    <message>
        <source>删除…</source>
        <translation>Erase…</translation>
    </message>
    <message>
        <source>限制处理…</source>
        <translation>Restrict…</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>导出的文件</source>
        <translation>Exported file</translation>
    </message>
    <message>
        <source>导出副本</source>
        <translation>Copy of the data</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Erasure</translation>
    </message>
    <message>
        <source>限制处理</source>
        <translation>Restrict processing</translation>
    </message>
    <message>
        <source>把保存的此人资料写成一个文件（JSON），可以交给本人：基本资料、同意记录、拒收、短信、回复、投诉和导入的资料。号码打码，已有的文件不会被覆盖。</source>
        <translation>Writes what is kept of this person to a file (JSON) that you can hand to them: profile, consent records, opt-outs, messages, replies, complaints and imported data. Numbers are masked; no existing file is replaced.</translation>
    </message>
    <message>
        <source>删除姓名、号码、地区、订单、标签和导入的资料，以后的同步不再写回，也不再给此人发短信。依法须留存的仍保留：客户标识、同意记录、退订与投诉、已发短信的原文和结果（只存储，不作他用）。删除后不能恢复。</source>
        <translation>Erases name, number, place, orders, tags and imported data. Later syncs do not bring them back, and nothing is sent to this person any more. What the law wants kept stays: the customer ref, consent records, opt-outs and complaints, and texts and results of what was sent (stored, and used for nothing else). This cannot be undone.</translation>
    </message>
    <message>
        <source>已从 {} 起限制处理：只存储此人的资料，所有活动都不再发送。</source>
        <translation>Restricted since {}: this person&apos;s data is only stored, and no campaign reaches them.</translation>
    </message>
    <message>
        <source>资料全部保留，但除存储外不再处理，所有活动都不再发给此人。</source>
        <translation>All data stays, but is only stored from now on, and no campaign reaches this person.</translation>
    </message>
    <message>
        <source>JSON 文件</source>
        <translation>JSON file</translation>
    </message>
    <message>
        <source>导出到</source>
        <translation>Export to</translation>
    </message>
    <message>
        <source>正在导出…</source>
        <translation>Exporting…</translation>
    </message>
    <message>
        <source>个人信息副本-{number}</source>
        <translation>personal-data-{number}</translation>
    </message>
    <message>
        <source>副本已导出到：</source>
        <translation>The copy was exported to:</translation>
    </message>
    <message>
        <source>对{entity}的各家店铺都有效。</source>
        <translation> This holds for every shop of {entity}.</translation>
    </message>
    <message>
        <source>没有可读的手机号，认不出此人在别家店铺的资料：只保证这家店铺不再发送。</source>
        <translation> There is no readable number by which to know this person at other shops: only this shop is sure to send nothing.</translation>
    </message>
    <message>
        <source>不能自行撤销：只有本人以后重新同意，并由复核人解除，才会再发。</source>
        <translation> You cannot undo it: only a later consent of their own, with a reviewer who lifts the restriction, ends it.</translation>
    </message>
</context>
<context>
    <name>Phone</name>
    <message>
        <source>手机预览</source>
        <translation>Phone preview</translation>
    </message>
    <message>
        <source>短信</source>
        <translation>SMS</translation>
    </message>
</context>
<context>
    <name>PlanCard</name>
    <message>
        <source>立即发送</source>
        <translation>Send now</translation>
    </message>
    <message>
        <source>定时（北京时间）</source>
        <translation>Schedule (Beijing time)</translation>
    </message>
    <message>
        <source>发送时间（北京时间）</source>
        <translation>Sending time (Beijing time)</translation>
    </message>
    <message>
        <source>发送时间</source>
        <translation>Sending time</translation>
    </message>
    <message>
        <source>到 {:%H:%M} 没发完的停下等您另选时间，不会自动补发。</source>
        <translation>What is not sent by {:%H:%M} stops and waits for you to pick another time; nothing is sent late automatically.</translation>
    </message>
    <message>
        <source>这个时间已经过去，请选以后的时间。</source>
        <translation>This time has passed; pick a later one.</translation>
    </message>
    <message>
        <source>现在不在发送时段（{:%H:%M}–{:%H:%M}），请选定时发送。</source>
        <translation>It is outside the sending window now ({:%H:%M}–{:%H:%M}); please schedule it.</translation>
    </message>
    <message>
        <source>只能在 {:%H:%M}–{:%H:%M} 发送，请另选时间。</source>
        <translation>Sending is only possible {:%H:%M}–{:%H:%M}; pick another time.</translation>
    </message>
</context>
<context>
    <name>PlanDialog</name>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>大促预案</source>
        <translation>Peak plan</translation>
    </message>
    <message>
        <source>例如：双十一、618</source>
        <translation>For example: Double-11, 618</translation>
    </message>
    <message>
        <source>每人一行，例如：
王丽，总值班 09:00–22:00
李强，客服和投诉</source>
        <translation>One person a line, for example:
Wang Li, lead 09:00–22:00
Li Qiang, support and complaints</translation>
    </message>
    <message>
        <source>第一天</source>
        <translation>First day</translation>
    </message>
    <message>
        <source>最后一天（含）</source>
        <translation>Last day (included)</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>只管这些主体（不选就管全部）</source>
        <translation>Only these entities (none chosen: all)</translation>
    </message>
    <message>
        <source>谁值班（姓名，角色和时段；不要写电话）</source>
        <translation>Who is on duty (name, role and hours; no telephone numbers)</translation>
    </message>
</context>
<context>
    <name>PoliciesSection</name>
    <message>
        <source>策略</source>
        <translation>Policies</translation>
    </message>
    <message>
        <source>从下一个任务起生效，改动留痕。未经确认的人，任何设置都不会发。</source>
        <translation>Effective from the next job; changes are recorded. No setting allows sending to anyone unconfirmed.</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>放弃改动</source>
        <translation>Discard changes</translation>
    </message>
    <message>
        <source>恢复默认…</source>
        <translation>Restore defaults…</translation>
    </message>
    <message>
        <source>同意记录</source>
        <translation>Consent records</translation>
    </message>
    <message>
        <source>发送</source>
        <translation>Sending</translation>
    </message>
    <message>
        <source>频次上限</source>
        <translation>Frequency caps</translation>
    </message>
    <message>
        <source>回头看与保留期限</source>
        <translation>Look-backs and how long things are kept</translation>
    </message>
    <message>
        <source>其他</source>
        <translation>Other</translation>
    </message>
    <message>
        <source>人按数据库登录名区分。团队里建议打开；只有负责人能改。</source>
        <translation>People are told by their database logins. Advised for teams; only an owner changes it.</translation>
    </message>
    <message>
        <source>单机上人按这台电脑的登录账户区分，您是 {}。一个人使用时不要打开，否则没有人能批准。</source>
        <translation>On one computer people are told by its accounts; you are {}. Leave it off if you work alone, or nobody can approve.</translation>
    </message>
    <message>
        <source>所有策略回到默认值，从下一个任务起生效。</source>
        <translation>All policies return to their defaults, effective from the next job.</translation>
    </message>
    <message>
        <source>恢复默认策略？</source>
        <translation>Restore default policies?</translation>
    </message>
    <message>
        <source>恢复默认</source>
        <translation>Restore defaults</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
    <message>
        <source>策略已保存，从下一个任务起生效。</source>
        <translation>Policies saved, effective from the next job.</translation>
    </message>
</context>
<context>
    <name>PolicyField</name>
    <message>
        <source> · 未保存，现在是 {}</source>
        <translation> · not saved, {} holds now</translation>
    </message>
    <message>
        <source>默认 {value}</source>
        <translation>default {value}</translation>
    </message>
    <message>
        <source>{low} 到 {high}，{usual}</source>
        <translation>{low} to {high}, {usual}</translation>
    </message>
    <message>
        <source>最晚时间必须晚于最早时间。</source>
        <translation>The latest time must be after the earliest.</translation>
    </message>
    <message>
        <source>请填 {low} 到 {high} 之间的数。</source>
        <translation>Enter a number from {low} to {high}.</translation>
    </message>
    <message>
        <source>请填整数。</source>
        <translation>Enter a whole number.</translation>
    </message>
    <message>
        <source>请填时间，例如 08:00。</source>
        <translation>Enter a time, such as 08:00.</translation>
    </message>
</context>
<context>
    <name>PolicySwitch</name>
    <message>
        <source>默认打开</source>
        <translation>On by default</translation>
    </message>
    <message>
        <source>默认关闭</source>
        <translation>Off by default</translation>
    </message>
    <message>
        <source> · 未保存</source>
        <translation> · not saved</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>短信服务商</source>
        <translation>SMS provider</translation>
    </message>
    <message>
        <source>签名的写法符合要求。</source>
        <translation>The signature is written as it should be.</translation>
    </message>
    <message>
        <source>{name}（已连接）</source>
        <translation>{name} (connected)</translation>
    </message>
    <message>
        <source>编码 {encoding}，{length} 字，计 {parts} 条（单条 70 字，长短信每条 67 字）</source>
        <translation>{encoding}; characters: {length}, parts: {parts} (70 in one, 67 in each of several)</translation>
    </message>
</context>
<context>
    <name>PreviewStep</name>
    <message>
        <source>编码</source>
        <translation>Encoding</translation>
    </message>
    <message>
        <source>分隔符</source>
        <translation>Separator</translation>
    </message>
    <message>
        <source>工作表</source>
        <translation>Sheet</translation>
    </message>
    <message>
        <source>各列的用途</source>
        <translation>What each column is for</translation>
    </message>
    <message>
        <source>文件的前几行</source>
        <translation>First rows of the file</translation>
    </message>
    <message>
        <source>制表符</source>
        <translation>Tab</translation>
    </message>
    <message>
        <source>中文逗号（，）</source>
        <translation>Chinese comma (U+FF0C)</translation>
    </message>
    <message>
        <source>逗号（,）</source>
        <translation>Comma (,)</translation>
    </message>
    <message>
        <source>分号（;）</source>
        <translation>Semicolon (;)</translation>
    </message>
    <message numerus="yes">
        <source>表头上面有 %Ln 行不是数据，不导入。</source>
        <translation>
            <numerusform>%Ln row above the header is no data and is not imported. </numerusform>
            <numerusform>%Ln rows above the header are no data and are not imported. </numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>前 %Ln 行，手机号已遮盖。</source>
        <translation>
            <numerusform>First row, phone numbers masked.</numerusform>
            <numerusform>First %Ln rows, phone numbers masked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>其中 %Ln 行不能导入。</source>
        <translation>
            <numerusform> %Ln of them cannot be imported.</numerusform>
            <numerusform> %Ln of them cannot be imported.</numerusform>
        </translation>
    </message>
    <message>
        <source>{column}：{said}</source>
        <translation>{column}: {said}</translation>
    </message>
    <message>
        <source>编码：{certainty}</source>
        <translation>Encoding: {certainty}</translation>
    </message>
    <message>
        <source>（无名）</source>
        <translation>(unnamed)</translation>
    </message>
    <message>
        <source>列“{name}”的用途</source>
        <translation>Use of the column &quot;{name}&quot;</translation>
    </message>
    <message>
        <source>行</source>
        <translation>Row</translation>
    </message>
    <message>
        <source>检查</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>写法已修正</source>
        <translation>Format corrected</translation>
    </message>
    <message>
        <source>手机号的写法不规范，已按同一个号码读取</source>
        <translation>The number was not in standard form; it is read as the same number</translation>
    </message>
    <message>
        <source>可以导入</source>
        <translation>Importable</translation>
    </message>
</context>
<context>
    <name>ProblemRow</name>
    <message>
        <source>未核实</source>
        <translation>Unverified</translation>
    </message>
    <message>
        <source>这一条出处还没有人与原文核对过。</source>
        <translation>Nobody has compared this citation with the original yet.</translation>
    </message>
    <message>
        <source>Alt+Enter</source>
        <translation>Alt+Enter</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
<context>
    <name>Problems</name>
    <message>
        <source>合规提示</source>
        <translation>Findings</translation>
    </message>
    <message>
        <source>F8 下一处 · Alt+Enter 修改</source>
        <translation>F8 next · Alt+Enter fix</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>没有必须处理的问题，请看一眼下面的提示</source>
        <translation>Nothing must be fixed; please look at the notes below</translation>
    </message>
    <message>
        <source>没有发现问题</source>
        <translation>No findings</translation>
    </message>
    <message>
        <source>正在检查…</source>
        <translation>Checking…</translation>
    </message>
</context>
<context>
    <name>ProofPanel</name>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>同意记录的证据</source>
        <translation>Consent evidence</translation>
    </message>
    <message>
        <source>已删除的客户</source>
        <translation>Deleted customer</translation>
    </message>
    <message>
        <source>回执编号</source>
        <translation>Receipt ID</translation>
    </message>
    <message>
        <source>查询编号</source>
        <translation>Request ID</translation>
    </message>
    <message>
        <source>签名覆盖的原文</source>
        <translation>Signed original</translation>
    </message>
    <message>
        <source>按现在的规则和资料没有问题了，请重新核验。</source>
        <translation>By today&apos;s rules and data nothing is wrong any more: screen again.</translation>
    </message>
    <message>
        <source>被拦下的文字</source>
        <translation>What is blocked</translation>
    </message>
    <message>
        <source>拦下的规则</source>
        <translation>Stopped by rules</translation>
    </message>
    <message>
        <source>规则版本</source>
        <translation>Version of the rules</translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
    <message>
        <source>核验结果</source>
        <translation>Screening result</translation>
    </message>
    <message>
        <source>客户标识</source>
        <translation>Customer ref</translation>
    </message>
    <message>
        <source>证据</source>
        <translation>Evidence</translation>
    </message>
    <message>
        <source>平台没有给出任何记录。</source>
        <translation>The platform gave no record.</translation>
    </message>
    <message>
        <source>平台记录</source>
        <translation>Platform record</translation>
    </message>
    <message>
        <source>同意方式</source>
        <translation>Consent method</translation>
    </message>
    <message>
        <source>渠道与用途</source>
        <translation>Channel &amp; purpose</translation>
    </message>
    <message>
        <source>同意于</source>
        <translation>Consented at</translation>
    </message>
    <message>
        <source>有效期至</source>
        <translation>Valid until</translation>
    </message>
    <message>
        <source>撤回于</source>
        <translation>Withdrawn at</translation>
    </message>
    <message>
        <source>平台核对于</source>
        <translation>Platform check</translation>
    </message>
    <message>
        <source>读取于</source>
        <translation>Read at</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>没有经过签名的证据，不能作为同意。</source>
        <translation>Without signed evidence it does not count as consent.</translation>
    </message>
    <message>
        <source>模拟记录：只能用于模拟通道。</source>
        <translation>Simulated record: for simulated senders only.</translation>
    </message>
    <message>
        <source>出具方</source>
        <translation>Issuer</translation>
    </message>
    <message>
        <source>接口版本</source>
        <translation>API version</translation>
    </message>
    <message>
        <source>查询接口</source>
        <translation>Interface asked</translation>
    </message>
    <message>
        <source>注意</source>
        <translation>Notice</translation>
    </message>
</context>
<context>
    <name>ReaderPane</name>
    <message>
        <source>最长</source>
        <translation>Longest</translation>
    </message>
    <message>
        <source>最短</source>
        <translation>Shortest</translation>
    </message>
    <message>
        <source>文案最长的人</source>
        <translation>Whose text is longest</translation>
    </message>
    <message>
        <source>文案最短的人</source>
        <translation>Whose text is shortest</translation>
    </message>
    <message>
        <source>按姓名找收件人</source>
        <translation>Find by name</translation>
    </message>
    <message>
        <source>各通道预览</source>
        <translation>All senders</translation>
    </message>
    <message>
        <source>这条短信在每个通道的样子、条数和模板</source>
        <translation>This message with each sender: looks, parts and template</translation>
    </message>
    <message>
        <source>{}，共 {} 条</source>
        <translation>{}, {} SMS</translation>
    </message>
    <message>
        <source>受众里还没有人，以示例资料显示</source>
        <translation>Nobody in the audience yet; shown with example data</translation>
    </message>
    <message>
        <source>样本里最长</source>
        <translation>Longest in the sample</translation>
    </message>
    <message>
        <source>样本里最短</source>
        <translation>Shortest in the sample</translation>
    </message>
    <message>
        <source>全部人中最长</source>
        <translation>Longest of all</translation>
    </message>
    <message>
        <source>全部人中最短</source>
        <translation>Shortest of all</translation>
    </message>
    <message>
        <source>收件人</source>
        <translation>Recipient</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>受众里没有叫这个名字的人</source>
        <translation>Nobody in the audience has this name</translation>
    </message>
</context>
<context>
    <name>RecordForm</name>
    <message>
        <source>端口号</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>例如 106900012345</source>
        <translation>such as 106900012345</translation>
    </message>
    <message>
        <source>凭授权书使用他人的名称或商标</source>
        <translation>Another&apos;s name, by letter</translation>
    </message>
    <message>
        <source>授权方</source>
        <translation>Authorised by</translation>
    </message>
    <message>
        <source>授权方的全称</source>
        <translation>Full name of who authorises</translation>
    </message>
    <message>
        <source>授权到期日</source>
        <translation>Letter ends on</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>例如原件存放在哪里</source>
        <translation>such as where the original is kept</translation>
    </message>
    <message>
        <source>通道不说明这个签名可用于什么。请按报备材料勾选；只有勾选的用途能用。</source>
        <translation>The sender does not tell what this signature may carry. Tick what it was filed for; only that can be used.</translation>
    </message>
    <message>
        <source>确认签名归本主体所有</source>
        <translation>I confirm that this entity owns the signature</translation>
    </message>
    <message>
        <source>保存登记</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>还原</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>端口和授权书平台不会提供，请按合同填写。一个端口只能对应一个签名。</source>
        <translation>No platform tells port and letter: enter them as the contract says. One port carries one signature.</translation>
    </message>
</context>
<context>
    <name>RecordsPage</name>
    <message>
        <source>记录</source>
        <translation>Records</translation>
    </message>
    <message>
        <source>审计记录</source>
        <translation>Audit entries</translation>
    </message>
    <message>
        <source>没有符合条件的记录</source>
        <translation>No entry matches</translation>
    </message>
    <message>
        <source>可以换一种类别、活动，或别的词。</source>
        <translation>Try another kind, campaign or word.</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message numerus="yes">
        <source>找到 {count} 条记录。</source>
        <translation>
            <numerusform>{count} entry found. </numerusform>
            <numerusform>{count} entries found. </numerusform>
        </translation>
    </message>
    <message>
        <source>改动或删去任何一条，验证时都会看出来。</source>
        <translation>A change or removal of any of them is found by verifying.</translation>
    </message>
    <message>
        <source>活动批准之后，才有可以导出的证据。</source>
        <translation> There is evidence to export once a campaign was approved.</translation>
    </message>
    <message>
        <source>验证文件…</source>
        <translation>Verify a file…</translation>
    </message>
    <message>
        <source>导出证据…</source>
        <translation>Export evidence…</translation>
    </message>
    <message>
        <source>验证进度</source>
        <translation>Progress of the verification</translation>
    </message>
    <message>
        <source>复制链头</source>
        <translation>Copy head</translation>
    </message>
    <message>
        <source>验证审计链</source>
        <translation>Verify chain</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>审计链不成立：</source>
        <translation>The audit chain does not hold: </translation>
    </message>
    <message>
        <source>验证会逐条重算审计链；得到的链头请抄录在别处，以后的证据须从它接下去。</source>
        <translation>Verifying computes the chain again, entry by entry. Note its head elsewhere: later evidence has to go on from it.</translation>
    </message>
    <message>
        <source>还没有记录</source>
        <translation>No records yet</translation>
    </message>
    <message>
        <source>连接店铺、修改和批准活动、发送、退订与投诉：谁在什么时候做了什么，都会自动记在这里，改动或删去都会被看出。</source>
        <translation>Shops connected, campaigns edited and approved, sending, opt-outs and complaints: who did what and when is put down here by itself, and no change of it goes unseen.</translation>
    </message>
    <message numerus="yes">
        <source>列出 {count} 条，不含逐批记录，序号因此不相连。</source>
        <translation>
            <numerusform>{count} entry; those of batches are left out, so numbers skip. </numerusform>
            <numerusform>{count} entries; those of batches are left out, so numbers skip. </numerusform>
        </translation>
    </message>
    <message>
        <source>正在逐条验证，并与发送、同意和拒收的每一行核对…</source>
        <translation>Verifying entry by entry, and every row of what was sent, agreed and suppressed…</translation>
    </message>
    <message>
        <source>审计链成立，共 {count} 条。</source>
        <translation>The audit chain holds: {count} entries. </translation>
    </message>
    <message>
        <source>链头请抄录在别处：</source>
        <translation>Note its head elsewhere:</translation>
    </message>
    <message>
        <source>其中说到的 {rows} 行（批次、同意、拒收）与表中一致。</source>
        <translation>The {rows} rows that they stand for (batches, consents, suppressions) are as they were. </translation>
    </message>
    <message>
        <source>另有 {rows} 行早于逐行留痕，只核对了行数。</source>
        <translation>Another {rows} rows are from before; only their number was compared. </translation>
    </message>
    <message>
        <source>第 {n} 条与前面不符。</source>
        <translation>Entry {n} does not follow from those before it. </translation>
    </message>
    <message>
        <source>链头已复制。</source>
        <translation>The head was copied.</translation>
    </message>
    <message>
        <source>证据已导出：{file}</source>
        <translation>Evidence exported: {file}</translation>
    </message>
    <message>
        <source>{name}：{value}</source>
        <translation>{name}: {value}</translation>
    </message>
    <message>
        <source>第 {n} 条 · {what}</source>
        <translation>Entry {n} · {what}</translation>
    </message>
    <message>
        <source>哈希：{hash}</source>
        <translation>Hash: {hash}</translation>
    </message>
    <message>
        <source>序号</source>
        <translation>No.</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>谁</source>
        <translation>Who</translation>
    </message>
    <message>
        <source>做了什么</source>
        <translation>What</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaign</translation>
    </message>
    <message>
        <source>详情</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>是</source>
        <translation>yes</translation>
    </message>
    <message>
        <source>否</source>
        <translation>no</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>除逐批记录外</source>
        <translation>Without batches and pages</translation>
    </message>
    <message>
        <source>全部类别</source>
        <translation>All kinds</translation>
    </message>
    <message>
        <source>交给通道的批次</source>
        <translation>Batches handed over</translation>
    </message>
    <message>
        <source>同意记录</source>
        <translation>Consent facts</translation>
    </message>
    <message>
        <source>投诉</source>
        <translation>Complaints</translation>
    </message>
    <message>
        <source>拒收名单</source>
        <translation>Suppression list</translation>
    </message>
    <message>
        <source>证据</source>
        <translation>Evidence</translation>
    </message>
    <message>
        <source>自查报告</source>
        <translation>Self-check report</translation>
    </message>
    <message>
        <source>回头看</source>
        <translation>Look-back</translation>
    </message>
    <message>
        <source>同意文案</source>
        <translation>Wording of consent</translation>
    </message>
    <message>
        <source>大促预案</source>
        <translation>Peak plans</translation>
    </message>
    <message>
        <source>人群</source>
        <translation>Segments</translation>
    </message>
    <message>
        <source>店铺与通道</source>
        <translation>Shops and senders</translation>
    </message>
    <message>
        <source>签名</source>
        <translation>Signatures</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customers</translation>
    </message>
    <message>
        <source>到期清理</source>
        <translation>Retention</translation>
    </message>
    <message>
        <source>策略</source>
        <translation>Policies</translation>
    </message>
    <message>
        <source>工作区</source>
        <translation>Workspace</translation>
    </message>
    <message>
        <source>按类别筛选</source>
        <translation>Filter by kind</translation>
    </message>
    <message>
        <source>按活动筛选</source>
        <translation>Filter by campaign</translation>
    </message>
    <message>
        <source>全部活动</source>
        <translation>All campaigns</translation>
    </message>
    <message>
        <source>查找记录</source>
        <translation>Find entries</translation>
    </message>
    <message>
        <source>谁、做了什么或其中的词</source>
        <translation>Who, what, or words in it</translation>
    </message>
</context>
<context>
    <name>RefusalsPanel</name>
    <message>
        <source>哪个主体的名单</source>
        <translation>Whose list</translation>
    </message>
    <message>
        <source>去连接账户</source>
        <translation>Connect an account</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone number</translation>
    </message>
    <message>
        <source>11 位手机号</source>
        <translation>11 digits</translation>
    </message>
    <message>
        <source>查一查</source>
        <translation>Look up</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>加入的原因，例如 门店来电要求</source>
        <translation>Why, e.g. asked for by telephone</translation>
    </message>
    <message>
        <source>加入拒收名单</source>
        <translation>Add to the list</translation>
    </message>
    <message>
        <source>导入名单…</source>
        <translation>Import list…</translation>
    </message>
    <message>
        <source>退订、投诉和未成年人的号码由程序自动加入。当面、来电或来信说不要的人，在这里加入：每个店铺都不再发送，同步、导入和其他店铺都不能撤销；退订只有其后更新的同意经人复核才能解除，投诉和未成年人不能解除。</source>
        <translation>Opt-outs, complaints and minors are put down by themselves. Add here whoever says no in person, by telephone or by letter: no shop sends to them any more, and no sync, import or other shop undoes it. An opt-out is lifted only by a newer consent that a person confirms; complaints and minors never.</translation>
    </message>
    <message>
        <source>一个号码</source>
        <translation>One number</translation>
    </message>
    <message>
        <source>一份名单</source>
        <translation>A list</translation>
    </message>
    <message>
        <source>CSV 或 XLSX 文件，有一列手机号；先试运行，再加入。</source>
        <translation>A CSV or XLSX file with a column of numbers; tried first, then added.</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>拒收名单</source>
        <translation>Suppression list</translation>
    </message>
    <message>
        <source>名单里只有号码的密钥哈希，不能列出，只能一个一个地查。</source>
        <translation>The list holds keyed hashes only: it cannot be shown, a number can be looked up.</translation>
    </message>
    <message>
        <source>这个号码早已在名单里，没有重复加入。</source>
        <translation>This number was on the list already; nothing was added twice.</translation>
    </message>
    <message>
        <source>已加入，从现在起不再发送。</source>
        <translation>Added: nothing is sent to it from now on.</translation>
    </message>
    <message>
        <source>这个号码在拒收名单里：</source>
        <translation>This number is on the list:</translation>
    </message>
    <message>
        <source>这个号码不在拒收名单里。</source>
        <translation>This number is not on the list.</translation>
    </message>
    <message>
        <source>由 {} 登记</source>
        <translation>by {}</translation>
    </message>
</context>
<context>
    <name>RepliesDialog</name>
    <message>
        <source>登记查看回复</source>
        <translation>Record who reads the replies</translation>
    </message>
    <message>
        <source>由谁、在哪里查看</source>
        <translation>Who reads them, and where</translation>
    </message>
    <message>
        <source>例如：服务商短信控制台，王丽每天 10 点和 17 点</source>
        <translation>For example: provider&apos;s console, Wang Li, daily at 10 and 17</translation>
    </message>
    <message>
        <source>“{name}”不会把客户的回复送到这里：有人回复退订，本程序看不到。请写明由谁、在哪里每天查看；看到退订的人，请到“退订与投诉”把号码加入拒收名单。此登记会写入审计记录。</source>
        <translation>&quot;{name}&quot; does not hand in what people reply: an opt-out by reply is not seen here. Say who reads the replies every day, and where; put the number of whoever opts out on the suppression list, under Opt-outs and complaints. This goes into the audit log.</translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Record</translation>
    </message>
    <message>
        <source>撤销登记</source>
        <translation>Take back</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>回复由谁查看</source>
        <translation>Replies read by</translation>
    </message>
</context>
<context>
    <name>ReportPanel</name>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>同意由谁出具</source>
        <translation>Consents issued by</translation>
    </message>
    <message>
        <source>能做什么</source>
        <translation>What it can do</translation>
    </message>
    <message>
        <source>接口</source>
        <translation>API</translation>
    </message>
    <message>
        <source>未核实的权限</source>
        <translation>Permissions not verified</translation>
    </message>
    <message>
        <source>模拟</source>
        <translation>Simulated</translation>
    </message>
    <message>
        <source>请核对同意由谁出具：名称、统一社会信用代码和域名都属实才连接。您的确认会记入审计记录。</source>
        <translation>Check who issues the consents: connect only if name, USCC and domain are right. Your confirmation is kept in the audit.</translation>
    </message>
    <message>
        <source>这是模拟平台：它的同意记录不能用于真实发送。</source>
        <translation>This is a simulated platform: its consent records cannot be used for real sending.</translation>
    </message>
    <message>
        <source>连接正常</source>
        <translation>Connection works</translation>
    </message>
    <message>
        <source>平台的回答</source>
        <translation>The platform&apos;s answer</translation>
    </message>
    <message>
        <source>版本 {version} · 时钟相差 {skew} 秒</source>
        <translation>Version {version} · clock off by {skew} s</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>RestoreDialog</name>
    <message>
        <source>开始恢复</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>从备份恢复</source>
        <translation>Restore from a backup</translation>
    </message>
    <message>
        <source>恢复进度</source>
        <translation>Restore progress</translation>
    </message>
    <message>
        <source>备份文件</source>
        <translation>Backup file</translation>
    </message>
    <message>
        <source>恢复到的新文件夹</source>
        <translation>New folder to restore into</translation>
    </message>
    <message>
        <source>备份的口令</source>
        <translation>Passphrase of the backup</translation>
    </message>
    <message>
        <source>恢复成一个新的工作区，已有的不会被覆盖。备份之后发过什么无从得知，所以其中的活动都会停下，由您逐个决定。</source>
        <translation>Makes a new workspace; none is overwritten. What was sent after the backup is not known, so its campaigns are stopped and you decide on each.</translation>
    </message>
    <message>
        <source>选择…</source>
        <translation>Choose…</translation>
    </message>
    <message>
        <source>恢复到</source>
        <translation>Restore to</translation>
    </message>
    <message>
        <source>更改…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>制作备份时工作区的口令</source>
        <translation>The workspace&apos;s passphrase when the backup was made</translation>
    </message>
    <message>
        <source>允发备份</source>
        <translation>Yunfa backup</translation>
    </message>
    <message>
        <source>选择备份文件</source>
        <translation>Choose a backup</translation>
    </message>
    <message>
        <source>选择一个空文件夹</source>
        <translation>Choose an empty folder</translation>
    </message>
</context>
<context>
    <name>RestrictQuestion</name>
    <message>
        <source>限制处理</source>
        <translation>Restrict processing</translation>
    </message>
    <message>
        <source>限制处理这个人的资料？</source>
        <translation>Restrict processing of this person&apos;s data?</translation>
    </message>
    <message>
        <source>原因或来函编号（可不填）</source>
        <translation>Reason or number of their letter (optional)</translation>
    </message>
</context>
<context>
    <name>ResultDialog</name>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>ResultsStep</name>
    <message>
        <source>还没有结果</source>
        <translation>No results yet</translation>
    </message>
    <message>
        <source>开始发送之后，这里显示提交、送达、回复、退订和投诉，并自动更新。</source>
        <translation>Once sending has begun, submissions, deliveries, replies, opt-outs and complaints appear here and update automatically.</translation>
    </message>
    <message>
        <source>去发送</source>
        <translation>Go to Send</translation>
    </message>
    <message>
        <source>发送结果和收到的回应</source>
        <translation>Sending results and responses</translation>
    </message>
    <message>
        <source>每条短信的结果</source>
        <translation>Result of each message</translation>
    </message>
    <message>
        <source>发送结果</source>
        <translation>Sending results</translation>
    </message>
    <message>
        <source>已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 等待通道答复 {}</source>
        <translation>Submitted {} = delivered {} + awaiting report {} + not delivered {} + rejected by the sender {} + waiting for the sender {}</translation>
    </message>
    <message>
        <source>已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 待核对 {}</source>
        <translation>Submitted {} = delivered {} + awaiting report {} + not delivered {} + rejected by the sender {} + to be checked {}</translation>
    </message>
    <message>
        <source>已提交 {} = 已送达 {} + 等待回执 {} + 未送达 {} + 被通道拒绝 {} + 结果不明 {}</source>
        <translation>Submitted {} = delivered {} + awaiting report {} + not delivered {} + rejected by the sender {} + unknown {}</translation>
    </message>
    <message>
        <source>核验后可发送 {} = 已提交 {} + 发出前拦下 {} + 未发出 {}</source>
        <translation>Cleared by screening {} = submitted {} + withheld {} + not sent {}</translation>
    </message>
    <message>
        <source>发出前拦下：{}</source>
        <translation>Withheld: {}</translation>
    </message>
    <message>
        <source>模拟：没有发出真实短信</source>
        <translation>Simulated: no real messages were sent</translation>
    </message>
    <message>
        <source>取回结果</source>
        <translation>Fetch results</translation>
    </message>
    <message>
        <source>{}。回执、回复和投诉仍会陆续到达，这里自动更新。</source>
        <translation>{}. Reports, replies and complaints still arrive and update here automatically.</translation>
    </message>
    <message>
        <source>{}，数字随发送更新。</source>
        <translation>{}; the numbers update as it sends.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{names} 的发送通道不告知送达情况：受理之后是否送达，这里看不到。</source>
        <translation>The sender of {names} tells no deliveries: whether accepted messages arrived cannot be seen here.</translation>
    </message>
    <message>
        <source>正在取回…</source>
        <translation>Fetching…</translation>
    </message>
    <message>
        <source>等待回执</source>
        <translation>Awaiting report</translation>
    </message>
    <message>
        <source>等待通道答复</source>
        <translation>Waiting for the sender</translation>
    </message>
    <message>
        <source>待核对</source>
        <translation>To be checked</translation>
    </message>
    <message>
        <source>继续时先向通道核对，不会重发。</source>
        <translation>When sending resumes, the sender is asked first; nothing is sent again.</translation>
    </message>
    <message>
        <source>通道已受理，还没有说明是否送达。</source>
        <translation>Accepted by the sender; no delivery report yet.</translation>
    </message>
    <message>
        <source>正在等通道说明是否受理。</source>
        <translation>The sender has not said yet whether it accepts them.</translation>
    </message>
    <message>
        <source>通道没有说明结果；为免重复，不会重发。</source>
        <translation>The sender did not report the outcome; it is not sent again, so that nobody gets it twice.</translation>
    </message>
</context>
<context>
    <name>RowsDialog</name>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>这些短信</source>
        <translation>These messages</translation>
    </message>
    <message>
        <source>从头</source>
        <translation>From the start</translation>
    </message>
    <message>
        <source>后面的</source>
        <translation>Further ones</translation>
    </message>
    <message>
        <source>共 {total} 条，这里列出 {count} 条。姓名和号码打码；选中一条看它当时和现在的同意记录。</source>
        <translation>{count} of {total}. Names and numbers are masked; choose one for its consent of then and of now.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>原文没有留存。</source>
        <translation>The text was not kept.</translation>
    </message>
    <message>
        <source>发送时所依据：{fact}</source>
        <translation>Sent by: {fact}</translation>
    </message>
    <message>
        <source>现在的记录：{fact}</source>
        <translation>Now on record: {fact}</translation>
    </message>
    <message>
        <source>另有：{also}</source>
        <translation>Besides: {also}</translation>
    </message>
    <message>
        <source>没有记录</source>
        <translation>no record</translation>
    </message>
    <message>
        <source>撤回于 {at}</source>
        <translation>withdrawn {at}</translation>
    </message>
    <message>
        <source>读取于 {at}</source>
        <translation>read {at}</translation>
    </message>
    <message>
        <source>回执 {id}</source>
        <translation>receipt {id}</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>RowsView</name>
    <message>
        <source>返回漏斗</source>
        <translation>Back to funnel</translation>
    </message>
    <message>
        <source>导出（已掩码）…</source>
        <translation>Export (masked)…</translation>
    </message>
    <message>
        <source>停止导出</source>
        <translation>Stop export</translation>
    </message>
    <message>
        <source>名单</source>
        <translation>List</translation>
    </message>
    <message numerus="yes">
        <source>已写入 {} 行</source>
        <translation>
            <numerusform>{} row written</numerusform>
            <numerusform>{} rows written</numerusform>
        </translation>
    </message>
    <message>
        <source>店铺</source>
        <translation>Shop</translation>
    </message>
    <message>
        <source>客户标识</source>
        <translation>Customer ref</translation>
    </message>
    <message>
        <source>姓名（已掩码）</source>
        <translation>Name (masked)</translation>
    </message>
    <message>
        <source>手机号（已掩码）</source>
        <translation>Phone (masked)</translation>
    </message>
    <message>
        <source>核验结果</source>
        <translation>Screening result</translation>
    </message>
    <message>
        <source>平台记录</source>
        <translation>Record</translation>
    </message>
    <message>
        <source>同意方式</source>
        <translation>Method</translation>
    </message>
    <message>
        <source>核对时间</source>
        <translation>Checked at</translation>
    </message>
    <message>
        <source>拦下的规则</source>
        <translation>Stopped by rules</translation>
    </message>
    <message>
        <source>规则版本</source>
        <translation>Version of the rules</translation>
    </message>
    <message>
        <source>出具方</source>
        <translation>Issuer</translation>
    </message>
    <message>
        <source>回执编号</source>
        <translation>Receipt ID</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>导出名单</source>
        <translation>Export list</translation>
    </message>
    <message numerus="yes">
        <source>{}（{} 人）</source>
        <translation>
            <numerusform>{} ({} person)</numerusform>
            <numerusform>{} ({} people)</numerusform>
        </translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Phone</translation>
    </message>
</context>
<context>
    <name>RuleDetail</name>
    <message>
        <source>全部规则</source>
        <translation>All rules</translation>
    </message>
    <message>
        <source>依据</source>
        <translation>Legal basis</translation>
    </message>
    <message>
        <source>查看原文</source>
        <translation>Open source</translation>
    </message>
    <message>
        <source>例子</source>
        <translation>Example</translation>
    </message>
    <message>
        <source>改为</source>
        <translation>Write instead</translation>
    </message>
    <message>
        <source>这样写没有问题</source>
        <translation>This is fine</translation>
    </message>
</context>
<context>
    <name>RuleWords</name>
    <message>
        <source>自有：{}</source>
        <translation>Own: {}</translation>
    </message>
    <message>
        <source>已停用</source>
        <translation>Off</translation>
    </message>
    <message>
        <source>未生效</source>
        <translation>Not yet in force</translation>
    </message>
    <message>
        <source>已失效</source>
        <translation>No longer in force</translation>
    </message>
    <message>
        <source>启用</source>
        <translation>On</translation>
    </message>
    <message>
        <source>已与原文核对</source>
        <translation>Compared with the original</translation>
    </message>
    <message>
        <source>未与原文核对</source>
        <translation>Not compared yet</translation>
    </message>
    <message>
        <source>{} 至 {} 有效</source>
        <translation>In force {} to {}</translation>
    </message>
    <message>
        <source>自 {} 起</source>
        <translation>Since {}</translation>
    </message>
    <message>
        <source>至 {} 止</source>
        <translation>Until {}</translation>
    </message>
    <message>
        <source>用途：{}</source>
        <translation>Purposes: {}</translation>
    </message>
    <message>
        <source>只对行业：{}</source>
        <translation>Only for industries: {}</translation>
    </message>
    <message>
        <source>不对行业：{}</source>
        <translation>Not for industries: {}</translation>
    </message>
    <message>
        <source>只对服务商：{}</source>
        <translation>Only for providers: {}</translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
    <message>
        <source>{} 于 {} 停用。原因：{}</source>
        <translation>Switched off by {} at {}. Reason: {}</translation>
    </message>
    <message>
        <source>这条规则能阻止发送，不能停用。不再需要它时，请从自有规则的文件夹里移走它的文件。</source>
        <translation>This rule can stop a message, so it cannot be switched off. If you no longer need it, take its file out of the folder of your own rules.</translation>
    </message>
    <message>
        <source>这条规则能阻止发送，不能停用：法律和运营商的要求不因商家的设置而改变。</source>
        <translation>This rule can stop a message, so it cannot be switched off: no setting changes what the law and the carriers ask for.</translation>
    </message>
    <message>
        <source>会提示整条短信。</source>
        <translation>Found in the message as a whole.</translation>
    </message>
    <message>
        <source>会标出：{}</source>
        <translation>Marked: {}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>“{}”</source>
        <translation>&quot;{}&quot;</translation>
    </message>
</context>
<context>
    <name>RulesSection</name>
    <message>
        <source>查找规则</source>
        <translation>Find rules</translation>
    </message>
    <message>
        <source>编号、词语、法律或条款</source>
        <translation>ID, word or law</translation>
    </message>
    <message>
        <source>规则包</source>
        <translation>Pack</translation>
    </message>
    <message>
        <source>级别</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>规则</source>
        <translation>Rules</translation>
    </message>
    <message>
        <source>没有符合条件的规则。</source>
        <translation>No matching rules.</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 条</source>
        <translation>
            <numerusform>%Ln rule</numerusform>
            <numerusform>%Ln rules</numerusform>
        </translation>
    </message>
    <message>
        <source>版本 {}</source>
        <translation>Version {}</translation>
    </message>
    <message>
        <source>规则版本 {}。回头看和证据写着核对时的版本；规则有改动，版本就不同。</source>
        <translation>Version {} of the rules. Look-backs and evidence name the one that was used; any change of the rules makes another.</translation>
    </message>
    <message>
        <source>文案、签名和时间都按这些规则核对。点开一条可看依据、例子和改法；不阻止发送的可以停用。</source>
        <translation>Texts, signatures and times are checked by these rules. Open one for its legal basis, an example and what to write instead. Those that stop no message can be switched off.</translation>
    </message>
    <message>
        <source>全部规则包</source>
        <translation>All packs</translation>
    </message>
    <message>
        <source>自有规则</source>
        <translation>Own rules</translation>
    </message>
    <message>
        <source>全部级别</source>
        <translation>All levels</translation>
    </message>
    <message>
        <source>已停用</source>
        <translation>Off</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>要求</source>
        <translation>What it asks</translation>
    </message>
    <message>
        <source>依据</source>
        <translation>Legal basis</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>规则已重新读取，立即生效。</source>
        <translation>Rules read again, in force at once.</translation>
    </message>
    <message>
        <source>自有规则有错误，没有采用；仍按上一次可用的版本核对。</source>
        <translation>Your own rules have an error and are not used; the last good version stays in use.</translation>
    </message>
</context>
<context>
    <name>RunPanel</name>
    <message numerus="yes">
        <source>将发给 {} 人</source>
        <translation>
            <numerusform>To be sent to {} person</numerusform>
            <numerusform>To be sent to {} people</numerusform>
        </translation>
    </message>
    <message>
        <source>已处理 {} / {}</source>
        <translation>{} / {} handled</translation>
    </message>
    <message>
        <source>将于北京时间 {} 开始，最晚发到 {}。</source>
        <translation>Starts at {} Beijing time and sends until {} at the latest.</translation>
    </message>
    <message>
        <source>继续后不会马上发：仍于北京时间 {} 开始，最晚发到 {}。</source>
        <translation>Resuming sends nothing at once: it still starts at {} Beijing time and sends until {} at the latest.</translation>
    </message>
    <message>
        <source>最晚发到 {}。</source>
        <translation>Sends until {} at the latest.</translation>
    </message>
    <message>
        <source>。</source>
        <translation>. </translation>
    </message>
    <message>
        <source>还没有开始发送；批准保留，每一批发出前再核对同意记录。</source>
        <translation>Nothing has been sent yet; the approval stays, and consents are checked again before every batch.</translation>
    </message>
    <message>
        <source>还没有发出任何一条。请在下面另选时间；也可以改内容或受众，再核验、批准，或取消活动。</source>
        <translation>Nothing has left yet. Pick another time below; or change the text or the audience, then screen and approve it, or cancel the campaign.</translation>
    </message>
    <message>
        <source>要改了再发，可以复制一份。</source>
        <translation> To send it corrected, make a copy.</translation>
    </message>
    <message>
        <source>文案写错了就不要继续：取消活动，再复制一份改好；已发出的不能收回。</source>
        <translation>If the text is wrong, do not resume: cancel the campaign and correct a copy of it. What has left cannot be called back.</translation>
    </message>
    <message>
        <source>请保持后台进程运行；错过时段的不会补发，会等您另选时间。</source>
        <translation>Keep the worker running; a missed window is not made up for automatically, it waits for you to pick another time.</translation>
    </message>
    <message>
        <source>暂停后，已发出的不会重发，余下的人和批准都保留，继续时从停下处接着发。</source>
        <translation>When paused, nothing already sent is sent again; the rest and the approval are kept, and resuming continues where it stopped.</translation>
    </message>
    <message>
        <source>已发出的不会重发；继续时从停下处接着发，每一批发出前再核对同意记录。</source>
        <translation>Nothing already sent is sent again; resuming continues where it stopped, and consent records are checked again before each batch.</translation>
    </message>
    <message>
        <source>余下的人没有发送；取消后不能恢复。</source>
        <translation>The rest were not sent; a cancelled campaign cannot be resumed.</translation>
    </message>
    <message>
        <source>不再发出新的短信；正在核对已经交出的每一条的结果。</source>
        <translation>No new messages are sent; the outcome of each one handed over is being settled.</translation>
    </message>
    <message>
        <source>等待通道答复</source>
        <translation>Waiting for the sender</translation>
    </message>
    <message>
        <source>待核对</source>
        <translation>To be checked</translation>
    </message>
    <message>
        <source>发出前的再次核对没有通过，例如刚刚退订。</source>
        <translation>They failed the check just before sending, for example by opting out a moment ago.</translation>
    </message>
    <message>
        <source>继续时先向通道核对，不会重发。</source>
        <translation>When sending resumes, the sender is asked first; nothing is sent again.</translation>
    </message>
    <message>
        <source>通道还没有说明结果。</source>
        <translation>The sender has not reported the outcome yet.</translation>
    </message>
    <message>
        <source>原定于北京时间 {} 的发送作废，批准保留；在下面另选时间之前不会发送。</source>
        <translation>The time planned, {} in Beijing, will no longer hold, and the approval is kept. Nothing is sent until you pick another time below.</translation>
    </message>
    <message>
        <source>改时间？</source>
        <translation>Change the time?</translation>
    </message>
    <message>
        <source>改时间</source>
        <translation>Change time</translation>
    </message>
    <message>
        <source>保留原定时间</source>
        <translation>Keep the time</translation>
    </message>
    <message>
        <source>继续来自备份或旧副本的活动？</source>
        <translation>Go on with a campaign of a backup or an older copy?</translation>
    </message>
    <message>
        <source>副本之后发过什么无从得知。每一批会先问发送通道：已发过的不会重发，问不清的也不再发。如果之后换过发送通道，请取消活动。</source>
        <translation>What was sent after the copy is not known. The sender is asked about every batch first: nothing that was sent is sent again, nor what it cannot tell. If the sender was changed since, cancel the campaign.</translation>
    </message>
    <message>
        <source>继续发送</source>
        <translation>Go on sending</translation>
    </message>
    <message>
        <source>先不继续</source>
        <translation>Not now</translation>
    </message>
    <message numerus="yes">
        <source>取消活动？还有 {} 人没有发送</source>
        <translation>
            <numerusform>Cancel the campaign? {} person has not been sent to</numerusform>
            <numerusform>Cancel the campaign? {} people have not been sent to</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>已发出的 {} 条不能收回，结果会保留；余下的不再发送，取消后不能恢复。</source>
        <translation>
            <numerusform>The {} message already sent cannot be recalled, and its result is kept; the rest are not sent. A cancelled campaign cannot be resumed.</numerusform>
            <numerusform>The {} messages already sent cannot be recalled, and their results are kept; the rest are not sent. A cancelled campaign cannot be resumed.</numerusform>
        </translation>
    </message>
    <message>
        <source>服务器刚刚切换，正在等各台电脑核对有没有丢失数据，核对完自动继续，最迟等到 {}。</source>
        <translation>The server has just been exchanged. Sending goes on by itself once every computer has looked whether anything was lost; until {} at the latest.</translation>
    </message>
    <message>
        <source>{} · 照此速度到 {} 发不完，余下的会等您另选时间。</source>
        <translation>{} · at this pace not everything leaves by {}; the rest will wait for you to pick another time.</translation>
    </message>
    <message>
        <source>{} · 剩余 {} · 最晚发到 {}</source>
        <translation>{} · {} left · until {} at the latest</translation>
    </message>
    <message>
        <source>每分钟 {} 条</source>
        <translation>{} per minute</translation>
    </message>
    <message>
        <source>每秒 {} 条</source>
        <translation>{} per second</translation>
    </message>
    <message>
        <source>已收到的人仍在副本的受众里，到了频次上限的会在核验时排除。</source>
        <translation> Whoever has received it is in the copy&apos;s audience as well, and is left out in screening where a frequency cap is reached.</translation>
    </message>
    <message>
        <source>余下的人都保留。请在下面另选时间，或取消活动。</source>
        <translation>The rest is kept. Pick another time below or cancel the campaign.</translation>
    </message>
    <message>
        <source>取消后不再发送，不能恢复。</source>
        <translation>Nothing will be sent, and it cannot be resumed.</translation>
    </message>
    <message>
        <source>取消活动</source>
        <translation>Cancel campaign</translation>
    </message>
    <message>
        <source>继续保留</source>
        <translation>Keep it</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>发送进度</source>
        <translation>Sending progress</translation>
    </message>
    <message>
        <source>取消活动</source>
        <translation>Cancel campaign</translation>
    </message>
    <message>
        <source>改时间</source>
        <translation>Change time</translation>
    </message>
    <message>
        <source>暂停</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>继续发送</source>
        <translation>Resume</translation>
    </message>
    <message>
        <source>复制并改文案</source>
        <translation>Copy and edit text</translation>
    </message>
    <message>
        <source>看结果</source>
        <translation>Results</translation>
    </message>
    <message>
        <source>发送的数字</source>
        <translation>Sending numbers</translation>
    </message>
</context>
<context>
    <name>SandboxPanel</name>
    <message>
        <source>沙箱打印的一行</source>
        <translation>The line printed by the sandbox</translation>
    </message>
    <message>
        <source>沙箱里的店铺</source>
        <translation>Shop in the sandbox</translation>
    </message>
    <message>
        <source>复制命令</source>
        <translation>Copy command</translation>
    </message>
    <message>
        <source>沙箱是本机上的模拟平台，数据都是虚构的。在终端运行 {command}，把它打印的一行粘贴到下面。</source>
        <translation>The sandbox is a simulated platform on this computer with made-up data. Run {command} in a terminal and paste the line that it prints below.</translation>
    </message>
    <message>
        <source>看不懂这一行：请完整粘贴沙箱打印的 JSON。</source>
        <translation>This line cannot be read: paste the complete JSON printed by the sandbox.</translation>
    </message>
</context>
<context>
    <name>ScreeningStep</name>
    <message>
        <source>还没有核验</source>
        <translation>Not screened yet</translation>
    </message>
    <message>
        <source>核验逐个向平台确认：谁明确同意接收这类短信，谁退订过或投诉过。只有全部通过的人才会收到。</source>
        <translation>Screening asks the platform about each person: who explicitly agreed to this kind of message, who opted out or complained. Only those who pass everything are sent to.</translation>
    </message>
    <message>
        <source>开始核验</source>
        <translation>Start screening</translation>
    </message>
    <message>
        <source>核验结果</source>
        <translation>Screening result</translation>
    </message>
    <message>
        <source>重新核验</source>
        <translation>Screen again</translation>
    </message>
    <message>
        <source>批准和定时都作废：核验完要重新批准、重新安排发送。</source>
        <translation>Approval and time do not hold any more: once screened, it has to be approved and scheduled anew.</translation>
    </message>
    <message>
        <source>批准作废：核验完要重新批准、重新安排发送。</source>
        <translation>The approval does not hold any more: once screened, it has to be approved and scheduled anew.</translation>
    </message>
    <message>
        <source>先不核验</source>
        <translation>Not now</translation>
    </message>
    <message>
        <source>重新核验？</source>
        <translation>Screen again?</translation>
    </message>
    <message>
        <source>核验进度</source>
        <translation>Screening progress</translation>
    </message>
    <message>
        <source>停止核验</source>
        <translation>Stop screening</translation>
    </message>
    <message>
        <source>已有一会儿没有进展，平台可能没有回答。程序会接着试；也可以停止核验，文案和受众都保留。</source>
        <translation>No progress for a while; the platform may not be answering. It is tried again by itself; you can also stop, and the text and audience are kept.</translation>
    </message>
    <message>
        <source>文案和受众都保留；可以再核验一次。</source>
        <translation>The text and audience are kept; you can screen again.</translation>
    </message>
    <message>
        <source>核验没有完成</source>
        <translation>Screening did not finish</translation>
    </message>
    <message>
        <source>核验已停止</source>
        <translation>Screening stopped</translation>
    </message>
    <message>
        <source>没有完成的核验不算数；文案和受众都保留，随时可以重新开始。</source>
        <translation>An incomplete screening does not count. The text and audience are kept; you can start again at any time.</translation>
    </message>
    <message>
        <source>受众里没有人</source>
        <translation>Nobody is in the audience</translation>
    </message>
    <message>
        <source>没有客户符合受众的条件，不会发给任何人。请在“受众”里放宽条件，或同步客户之后再核验一次。</source>
        <translation>No customer meets the conditions of the audience, so nobody would be sent to. Widen them under Audience, or sync customers and screen again.</translation>
    </message>
    <message>
        <source>需要重新核验</source>
        <translation>Needs a new screening</translation>
    </message>
    <message>
        <source>核验之后受众、文案、签名或用途有改动，先前的结果不再有效。</source>
        <translation>The audience, text, signature or purpose changed after the screening; its results no longer hold.</translation>
    </message>
    <message>
        <source>正在停止，手上的一批结束后停下…</source>
        <translation>Stopping after the batch in hand…</translation>
    </message>
    <message>
        <source>正在冻结受众…</source>
        <translation>Freezing the audience…</translation>
    </message>
    <message>
        <source>已核验 {} / {}</source>
        <translation>{} / {} screened</translation>
    </message>
    <message numerus="yes">
        <source>每秒 {} 人 · 剩余 {}</source>
        <translation>
            <numerusform>{} person per second · {} left</numerusform>
            <numerusform>{} people per second · {} left</numerusform>
        </translation>
    </message>
    <message>
        <source>同意记录读取于 {}，最旧的{}。</source>
        <translation>Consent records read at {}; the oldest {}.</translation>
    </message>
    <message>
        <source>已超过允许的时长，请重新核验。</source>
        <translation> That is longer than allowed; please screen again.</translation>
    </message>
    <message>
        <source>每一批发出前还会再核对一次。</source>
        <translation> They are checked again before each batch.</translation>
    </message>
    <message>
        <source>不到 1 小时</source>
        <translation>is under 1 hour old</translation>
    </message>
    <message numerus="yes">
        <source>是 {} 小时前</source>
        <translation>
            <numerusform>is {} hour old</numerusform>
            <numerusform>is {} hours old</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SegmentPanel</name>
    <message>
        <source>人群的条件</source>
        <translation>Conditions of the segment</translation>
    </message>
    <message>
        <source>新建人群</source>
        <translation>New segment</translation>
    </message>
    <message>
        <source>没有条件：全部客户。加上条件，下面的表只列出符合的人。</source>
        <translation>No conditions: all customers. Add conditions and the table below lists only those who match.</translation>
    </message>
    <message>
        <source>这个人群的条件有多层，不能逐条显示；人数照常计算，下面照常列出。</source>
        <translation>This segment&apos;s conditions are nested too deeply to show line by line; it is counted and listed below all the same.</translation>
    </message>
    <message>
        <source>还没有客户，请先同步客户。</source>
        <translation>There are no customers yet. Sync customers first.</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Put away</translation>
    </message>
    <message>
        <source>收起，条件继续生效</source>
        <translation>Put away; the conditions stay in force</translation>
    </message>
    <message>
        <source>人群的条件和人数</source>
        <translation>Conditions and count of the segment</translation>
    </message>
    <message>
        <source>编辑人群“{}”</source>
        <translation>Edit the segment &quot;{}&quot;</translation>
    </message>
</context>
<context>
    <name>Segments</name>
    <message>
        <source>常用的条件可以存为人群，下次直接用。</source>
        <translation>Save conditions you often use as a segment and reuse them next time.</translation>
    </message>
    <message>
        <source>同名的人群会被替换。</source>
        <translation>A segment of the same name is replaced.</translation>
    </message>
    <message>
        <source>已存人群</source>
        <translation>Saved segments</translation>
    </message>
    <message>
        <source>人群名称</source>
        <translation>Segment name</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>把现在的条件存为人群</source>
        <translation>Save these conditions as a segment</translation>
    </message>
    <message>
        <source>只改名称</source>
        <translation>Rename only</translation>
    </message>
    <message>
        <source>使用人群“{}”</source>
        <translation>Use the segment &quot;{}&quot;</translation>
    </message>
    <message>
        <source>用这个人群的条件替换现在的条件</source>
        <translation>Replace the current conditions with this segment&apos;s</translation>
    </message>
    <message>
        <source>按名称查找人群</source>
        <translation>Find a segment by name</translation>
    </message>
    <message>
        <source>按名称查找</source>
        <translation>Find by name</translation>
    </message>
    <message numerus="yes">
        <source>另有 %Ln 个人群，输入名称查找。</source>
        <translation>
            <numerusform>%Ln more segment: type a name to find it.</numerusform>
            <numerusform>%Ln more segments: type a name to find one.</numerusform>
        </translation>
    </message>
    <message>
        <source>没有名称符合的人群。</source>
        <translation>No segment has such a name.</translation>
    </message>
    <message>
        <source>删除人群“{}”</source>
        <translation>Delete the segment &quot;{}&quot;</translation>
    </message>
    <message>
        <source>删除这个人群；用过它的活动不受影响，可以撤销</source>
        <translation>Delete this segment; campaigns that used it are not affected. Can be undone</translation>
    </message>
    <message>
        <source>把人群“{}”改名为“{}”</source>
        <translation>Rename the segment &quot;{}&quot; to &quot;{}&quot;</translation>
    </message>
    <message>
        <source>已替换人群“{}”。</source>
        <translation>Segment &quot;{}&quot; replaced.</translation>
    </message>
    <message>
        <source>已保存人群“{}”。</source>
        <translation>Segment &quot;{}&quot; saved.</translation>
    </message>
    <message>
        <source>人群“{}”现在叫“{}”。</source>
        <translation>The segment &quot;{}&quot; is now called &quot;{}&quot;.</translation>
    </message>
    <message>
        <source>已删除人群“{}”。用过它的活动不受影响。</source>
        <translation>Segment &quot;{}&quot; deleted. Campaigns that used it are not affected.</translation>
    </message>
    <message>
        <source>已换成人群“{}”的条件。</source>
        <translation>Now using the conditions of the segment &quot;{}&quot;.</translation>
    </message>
    <message>
        <source>已清除条件。</source>
        <translation>Conditions cleared.</translation>
    </message>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
</context>
<context>
    <name>SelfCheckSection</name>
    <message>
        <source>生成报告…</source>
        <translation>Make a report…</translation>
    </message>
    <message>
        <source>报告里的数字</source>
        <translation>Numbers of the report</translation>
    </message>
    <message>
        <source>已生成的报告</source>
        <translation>Reports made</translation>
    </message>
    <message>
        <source>先统计，再生成报告</source>
        <translation>Count first, then make the report</translation>
    </message>
    <message>
        <source>选好期间和阶段，统计这段时间的受众、内容、签名、退订和投诉；零售与金融分开，每个数字都能复算。看过数字之后，再生成 PDF 或 XLSX。</source>
        <translation>Choose a period and a stage and count its audiences, texts, signatures, opt-outs and complaints, retail and finance apart; every number can be reproduced. Look at the numbers, then make a PDF or XLSX file.</translation>
    </message>
    <message>
        <source>统计</source>
        <translation>Count</translation>
    </message>
    <message>
        <source>给监管部门的自查自纠报告：先看数字，再生成文件；每份文件都记入审计。</source>
        <translation>For the regulator: look at the numbers, then make a file. Every file is in the audit.</translation>
    </message>
    <message>
        <source>期间</source>
        <translation>Period</translation>
    </message>
    <message>
        <source>从</source>
        <translation>From</translation>
    </message>
    <message>
        <source>到（含当天）</source>
        <translation>To (this day included)</translation>
    </message>
    <message>
        <source>阶段</source>
        <translation>Stage</translation>
    </message>
    <message>
        <source>章节</source>
        <translation>Chapter</translation>
    </message>
    <message>
        <source>全部章节</source>
        <translation>All chapters</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>统计进度</source>
        <translation>Progress</translation>
    </message>
    <message>
        <source>至</source>
        <translation>to</translation>
    </message>
    <message>
        <source>还没有生成过报告。</source>
        <translation>No report was made yet.</translation>
    </message>
    <message>
        <source>复制 SHA-256</source>
        <translation>Copy SHA-256</translation>
    </message>
    <message>
        <source>SHA-256 已复制。</source>
        <translation>The SHA-256 was copied.</translation>
    </message>
    <message>
        <source>报告已生成：{file}</source>
        <translation>The report was made: {file}</translation>
    </message>
    <message>
        <source>本月</source>
        <translation>This month</translation>
    </message>
    <message>
        <source>上月</source>
        <translation>Last month</translation>
    </message>
    <message>
        <source>本季度</source>
        <translation>This quarter</translation>
    </message>
    <message>
        <source>上季度</source>
        <translation>Last quarter</translation>
    </message>
    <message>
        <source>今年</source>
        <translation>This year</translation>
    </message>
    <message>
        <source>去年</source>
        <translation>Last year</translation>
    </message>
    <message>
        <source>自选期间</source>
        <translation>Own period</translation>
    </message>
    <message>
        <source>章节或表</source>
        <translation>Chapter or table</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>数值</source>
        <translation>Value</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>数据来源</source>
        <translation>Rows</translation>
    </message>
    <message>
        <source>{first} 至 {last}</source>
        <translation>{first} to {last}</translation>
    </message>
    <message>
        <source>生成于</source>
        <translation>Made at</translation>
    </message>
    <message>
        <source>文件</source>
        <translation>File</translation>
    </message>
    <message>
        <source>记录</source>
        <translation>Entry</translation>
    </message>
</context>
<context>
    <name>SenderPart</name>
    <message>
        <source>发送通道</source>
        <translation>Sender</translation>
    </message>
    <message>
        <source>承载店铺</source>
        <translation>Carries</translation>
    </message>
    <message>
        <source>回复由谁查看</source>
        <translation>Replies read by</translation>
    </message>
    <message>
        <source>签名与模板</source>
        <translation>Signatures and templates</translation>
    </message>
    <message>
        <source>剩余条数</source>
        <translation>Parts left</translation>
    </message>
    <message>
        <source>发送通道…</source>
        <translation>Sender…</translation>
    </message>
    <message>
        <source>登记查看回复…</source>
        <translation>Replies read by…</translation>
    </message>
    <message>
        <source>核对模板…</source>
        <translation>Compare templates…</translation>
    </message>
    <message numerus="yes">
        <source>{count} 条（服务商 {at} 所报）</source>
        <translation>
            <numerusform>{count} part (told by the provider, {at})</numerusform>
            <numerusform>{count} parts (told by the provider, {at})</numerusform>
        </translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>还没有：在店铺的卡片上选择发送通道</source>
        <translation>No shop yet: choose the sender on a shop&apos;s card</translation>
    </message>
    <message>
        <source>尚未登记：登记前不能发送</source>
        <translation>Not recorded: nothing leaves until it is</translation>
    </message>
    <message>
        <source>尚未填写：请重新连接账户，填入已审批的签名和模板</source>
        <translation>Nothing typed in yet: connect the account again with its approved signatures and templates</translation>
    </message>
    <message>
        <source>商家自行填写，已登记与后台一致；平台不能查询</source>
        <translation>Typed in, recorded as equal to the console; the platform cannot be asked</translation>
    </message>
    <message>
        <source>商家自行填写，尚未核对：核对前不能发送</source>
        <translation>Typed in, not compared yet: nothing is sent before that</translation>
    </message>
    <message>
        <source>平台短信接口</source>
        <translation>The platform&apos;s own SMS</translation>
    </message>
    <message>
        <source>平台自己发送</source>
        <translation>The platform itself</translation>
    </message>
    <message>
        <source>同意查询服务代发</source>
        <translation>Sent by the consent service</translation>
    </message>
    <message>
        <source>尚未设置：此平台不能代发短信</source>
        <translation>Not set: this platform takes no messages</translation>
    </message>
    <message>
        <source>平台不能查询签名和模板，发出的内容以平台后台为准。请逐字核对：
签名：{signatures}
模板：{templates}
确认后写入审计记录；改动签名或模板后需要重新核对。</source>
        <translation>The platform shows neither signatures nor templates; what its console holds is what leaves. Compare character for character:
Signatures: {signatures}
Templates: {templates}
Confirming is kept in the audit; after a change, compare again.</translation>
    </message>
    <message>
        <source>与平台后台逐字一致，并可用于营销？</source>
        <translation>Exactly as in the console, and allowed for marketing?</translation>
    </message>
    <message>
        <source>已核对，一致</source>
        <translation>Compared, equal</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>{name}（已断开）</source>
        <translation>{name} (disconnected)</translation>
    </message>
    <message>
        <source>尚未设置</source>
        <translation>Not set</translation>
    </message>
    <message>
        <source>暂不设置</source>
        <translation>None for now</translation>
    </message>
    <message>
        <source>请先连接同一主体的短信服务商账户</source>
        <translation>First connect an SMS provider&apos;s account of the same entity</translation>
    </message>
    <message>
        <source>测试当前通道</source>
        <translation>Test the sender in use</translation>
    </message>
    <message>
        <source>{name}（主体不一致：{entity}）</source>
        <translation>{name} (another entity: {entity})</translation>
    </message>
</context>
<context>
    <name>SendingStep</name>
    <message>
        <source>发送前检查与发送</source>
        <translation>Checks and sending</translation>
    </message>
    <message>
        <source>正在检查…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>发送前检查</source>
        <translation>Pre-send checks</translation>
    </message>
    <message>
        <source>去核验</source>
        <translation>Go to Screening</translation>
    </message>
    <message>
        <source>去处理：{}</source>
        <translation>Resolve: {}</translation>
    </message>
    <message>
        <source>批准发送</source>
        <translation>Approve</translation>
    </message>
    <message numerus="yes">
        <source>定时发送给 {} 人</source>
        <translation>
            <numerusform>Schedule for {} person</numerusform>
            <numerusform>Schedule for {} people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>立即发送给 {} 人</source>
        <translation>
            <numerusform>Send now to {} person</numerusform>
            <numerusform>Send now to {} people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>定时发给 {} 人？</source>
        <translation>
            <numerusform>Schedule for {} person?</numerusform>
            <numerusform>Schedule for {} people?</numerusform>
        </translation>
    </message>
    <message>
        <source>将于北京时间 {} 开始。开始之前可以取消，发送中可以暂停。</source>
        <translation>Starts at {} Beijing time. You can cancel before it starts and pause while it sends.</translation>
    </message>
    <message numerus="yes">
        <source>现在发给 {} 人？</source>
        <translation>
            <numerusform>Send to {} person now?</numerusform>
            <numerusform>Send to {} people now?</numerusform>
        </translation>
    </message>
    <message>
        <source>发出的短信不能收回；发送中可以暂停。每一批发出前都会再核对同意记录。</source>
        <translation>Sent messages cannot be recalled; you can pause while it sends. Consent records are checked again before each batch.</translation>
    </message>
    <message>
        <source>发送</source>
        <translation>Send</translation>
    </message>
    <message>
        <source>定时发送</source>
        <translation>Schedule</translation>
    </message>
    <message>
        <source>先不发</source>
        <translation>Not now</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>策略的改动还没有保存</source>
        <translation>Policy changes are not saved yet</translation>
    </message>
    <message>
        <source>现在关闭会丢掉这些改动，仍按原来的策略执行。要保留，请返回后点“保存”。</source>
        <translation>Closing now loses these changes, and the former policies stay in force. To keep them, go back and press &quot;Save&quot;.</translation>
    </message>
    <message>
        <source>放弃并关闭</source>
        <translation>Discard and close</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>设置分区</source>
        <translation>Settings sections</translation>
    </message>
    <message>
        <source>主体资料</source>
        <translation>Entities</translation>
    </message>
    <message>
        <source>规则</source>
        <translation>Rules</translation>
    </message>
    <message>
        <source>费用与预算</source>
        <translation>Costs and budgets</translation>
    </message>
    <message>
        <source>关于</source>
        <translation>About</translation>
    </message>
    <message>
        <source>账户</source>
        <translation>Accounts</translation>
    </message>
    <message>
        <source>测试号码</source>
        <translation>Staff numbers</translation>
    </message>
    <message>
        <source>策略</source>
        <translation>Policies</translation>
    </message>
    <message>
        <source>工作区</source>
        <translation>Workspace</translation>
    </message>
    <message>
        <source>界面</source>
        <translation>Interface</translation>
    </message>
</context>
<context>
    <name>SheetDialog</name>
    <message>
        <source>文件</source>
        <translation>File</translation>
    </message>
    <message>
        <source>CSV 或 XLSX 文件</source>
        <translation>CSV or XLSX file</translation>
    </message>
    <message>
        <source>选择文件…</source>
        <translation>Choose file…</translation>
    </message>
    <message>
        <source>文件的前几行</source>
        <translation>First rows of the file</translation>
    </message>
    <message>
        <source>进度</source>
        <translation>Progress</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>试运行</source>
        <translation>Dry run</translation>
    </message>
    <message>
        <source>这里显示文件的前几行</source>
        <translation>The first rows of the file are shown here</translation>
    </message>
    <message>
        <source>先看其中的错误，再试运行；确认之前什么都不会改动。</source>
        <translation>Look for what is wrong in them, then do a dry run; nothing is changed before you confirm.</translation>
    </message>
    <message>
        <source>表格文件 (*.csv *.txt *.tsv *.xlsx *.xlsm);;所有文件 (*)</source>
        <translation>Tables (*.csv *.txt *.tsv *.xlsx *.xlsm);;All files (*)</translation>
    </message>
    <message>
        <source>选择文件</source>
        <translation>Choose file</translation>
    </message>
    <message>
        <source>完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>列“{name}”的用途</source>
        <translation>What column &quot;{name}&quot; is</translation>
    </message>
    <message>
        <source>行</source>
        <translation>Row</translation>
    </message>
    <message>
        <source>检查</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>可以登记</source>
        <translation>Good</translation>
    </message>
    <message>
        <source>{said}（第 {row} 行）</source>
        <translation>{said} (row {row})</translation>
    </message>
    <message>
        <source>{column}：{said}</source>
        <translation>{column}: {said}</translation>
    </message>
    <message numerus="yes">
        <source>{why}（%Ln 行）</source>
        <translation>
            <numerusform>{why} (%Ln row)</numerusform>
            <numerusform>{why} (%Ln rows)</numerusform>
        </translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>允发</source>
        <translation>Yunfa</translation>
    </message>
    <message>
        <source>概览</source>
        <translation>Overview</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customers</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaigns</translation>
    </message>
    <message>
        <source>签名与模板</source>
        <translation>Signatures</translation>
    </message>
    <message>
        <source>合规</source>
        <translation>Compliance</translation>
    </message>
    <message>
        <source>退订与投诉</source>
        <translation>Opt-outs</translation>
    </message>
    <message>
        <source>记录</source>
        <translation>Records</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>演示 — {}</source>
        <translation>Demo — {}</translation>
    </message>
    <message>
        <source>演示：客户和平台都是模拟的，不会发出任何短信；关闭窗口后全部删除。</source>
        <translation>Demo: customers and platforms are simulated and no message is sent; everything is deleted when you close the window.</translation>
    </message>
    <message>
        <source>所有时间都是北京时间</source>
        <translation>All times are Beijing time</translation>
    </message>
    <message>
        <source>后台任务进度</source>
        <translation>Background job progress</translation>
    </message>
    <message>
        <source>后台进程启动中</source>
        <translation>Worker starting</translation>
    </message>
    <message>
        <source>后台进程运行中</source>
        <translation>Worker running</translation>
    </message>
    <message>
        <source>后台进程已停止</source>
        <translation>The worker has stopped</translation>
    </message>
    <message>
        <source>没有后台进程在工作</source>
        <translation>No worker at work</translation>
    </message>
    <message>
        <source>重新启动</source>
        <translation>Restart</translation>
    </message>
    <message>
        <source>后台进程意外停止，已自动重新启动；没做完的任务接着做，已发出的不会重发。</source>
        <translation>The worker stopped unexpectedly and was started again. Unfinished work goes on; nothing that was sent is sent again.</translation>
    </message>
    <message>
        <source>刚才用不了工作区，现在已恢复。其间没有保存成功的操作，请再做一次。</source>
        <translation>The workspace could not be used for a while and can be now. Whatever was not saved meanwhile, please do again.</translation>
    </message>
    <message numerus="yes">
        <source>，另有 %Ln 项</source>
        <translation>
            <numerusform>, %Ln more</numerusform>
            <numerusform>, %Ln more</numerusform>
        </translation>
    </message>
    <message>
        <source>您在这个工作区已没有任何角色，不能再改动什么。请联系负责人。</source>
        <translation>You have no role in this workspace any more and can change nothing. Please ask its owner.</translation>
    </message>
    <message>
        <source>您的角色已改为{}，页面还按原来的显示。请做完手上的事，关闭窗口再打开。</source>
        <translation>Your role is {} by now, and the pages still go by the former one. Finish what you are doing, then close the window and open it again.</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>快捷键</source>
        <translation>Keyboard shortcuts</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>键盘焦点在哪里，哪里的快捷键才有效；Ctrl+K 能找到每个页面、活动和操作。</source>
        <translation>Shortcuts work in the part of the window that has the keyboard. Ctrl+K finds every page, campaign and action.</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>全局</source>
        <translation>Everywhere</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customers</translation>
    </message>
    <message>
        <source>活动列表</source>
        <translation>List of campaigns</translation>
    </message>
    <message>
        <source>一个活动</source>
        <translation>One campaign</translation>
    </message>
    <message>
        <source>活动 → 内容</source>
        <translation>Campaign → Content</translation>
    </message>
    <message>
        <source>活动 → 核验的名单</source>
        <translation>Campaign → Screening, list of people</translation>
    </message>
    <message>
        <source>有搜索框的页面</source>
        <translation>Pages with a search field</translation>
    </message>
    <message>
        <source>帮助窗口</source>
        <translation>The help window</translation>
    </message>
    <message>
        <source>打开左侧的页面</source>
        <translation>Open a page of the navigation</translation>
    </message>
    <message>
        <source>打开活动的步骤</source>
        <translation>Open a step of the campaign</translation>
    </message>
    <message>
        <source>命令面板</source>
        <translation>Command palette</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>快捷键</source>
        <translation>Keyboard shortcuts</translation>
    </message>
    <message>
        <source>查找客户</source>
        <translation>Find customers</translation>
    </message>
    <message>
        <source>收起客户详情</source>
        <translation>Close the customer&apos;s details</translation>
    </message>
    <message>
        <source>新建活动</source>
        <translation>New campaign</translation>
    </message>
    <message>
        <source>复制为新草稿</source>
        <translation>Copy as a new draft</translation>
    </message>
    <message>
        <source>删除草稿…</source>
        <translation>Delete the draft…</translation>
    </message>
    <message>
        <source>下一个问题</source>
        <translation>Next problem</translation>
    </message>
    <message>
        <source>上一个问题</source>
        <translation>Previous problem</translation>
    </message>
    <message>
        <source>改正当前问题</source>
        <translation>Fix the current problem</translation>
    </message>
    <message>
        <source>各通道预览</source>
        <translation>All senders</translation>
    </message>
    <message>
        <source>收起凭据，或返回漏斗</source>
        <translation>Close the proof, or back to the funnel</translation>
    </message>
    <message>
        <source>查找</source>
        <translation>Find</translation>
    </message>
    <message>
        <source>在本章中查找</source>
        <translation>Find in this chapter</translation>
    </message>
    <message>
        <source>后退</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>前进</source>
        <translation>Forward</translation>
    </message>
    <message>
        <source>关闭帮助</source>
        <translation>Close help</translation>
    </message>
    <message>
        <source> 或 </source>
        <translation> or </translation>
    </message>
</context>
<context>
    <name>SideCard</name>
    <message>
        <source>会被拒绝</source>
        <translation>Refused</translation>
    </message>
    <message>
        <source>请看</source>
        <translation>Look</translation>
    </message>
    <message>
        <source>未发现问题</source>
        <translation>Nothing found</translation>
    </message>
    <message numerus="yes">
        <source>{} 条 · {} 字 · {}</source>
        <translation>
            <numerusform>{} SMS · {} character · {}</numerusform>
            <numerusform>{} SMS · {} characters · {}</numerusform>
        </translation>
    </message>
    <message>
        <source>按{}的规则核对</source>
        <translation>held to the rules of {}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>没有连接</source>
        <translation>Not connected</translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
    <message>
        <source>虚线处分条；黄色虚线把一个字符切成两段，增减前面的字可以避开</source>
        <translation>A new part begins at each dashed line; a yellow one cuts a character in two: add or take away words before it</translation>
    </message>
    <message>
        <source>虚线处分条</source>
        <translation>A new part begins at each dashed line</translation>
    </message>
    <message>
        <source>模板，变量写作 {}</source>
        <translation>Template, variables as {}</translation>
    </message>
    <message>
        <source>这份模板和签名都要先在它那里审核通过；签名由它加在最前面，不写进模板。</source>
        <translation>It has to approve this template and the signature first; it puts the signature in front itself, and it is no part of the template.</translation>
    </message>
    <message>
        <source>不用模板</source>
        <translation>No template</translation>
    </message>
    <message>
        <source>签名写在最前面，整条短信照原样交给它。</source>
        <translation>The signature stands in front, and the whole message is handed over as it is.</translation>
    </message>
</context>
<context>
    <name>SignatureDrawer</name>
    <message>
        <source>签名的详情</source>
        <translation>Details of the signature</translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Your notes</translation>
    </message>
    <message>
        <source>手机上的样子</source>
        <translation>On a phone</translation>
    </message>
    <message>
        <source>可用</source>
        <translation>Usable</translation>
    </message>
    <message>
        <source>报备情况</source>
        <translation>Filing</translation>
    </message>
    <message>
        <source>自行登记于 {day}，没有服务商确认。</source>
        <translation>Stated by the merchant on {day}; no provider confirms it.</translation>
    </message>
    <message>
        <source>自行登记于 {day}；服务商报告了这个签名，以服务商的为准。</source>
        <translation>Stated by the merchant on {day}; a provider reports it, and its word counts.</translation>
    </message>
    <message>
        <source>修改登记…</source>
        <translation>Change…</translation>
    </message>
    <message>
        <source>可以使用</source>
        <translation>May be used</translation>
    </message>
    <message>
        <source>未报备此用途</source>
        <translation>Not filed for this</translation>
    </message>
    <message>
        <source>现在不能用</source>
        <translation>Not now</translation>
    </message>
    <message>
        <source>换一个主体使用，就是扩大使用，不会放行。</source>
        <translation>Use by another entity would widen its scope and is refused.</translation>
    </message>
    <message>
        <source>用于{purposes}，或换一个主体使用，就是扩大使用，不会放行：请先在平台申请，报备后再用。</source>
        <translation>Use for {purposes}, or by another entity, would widen its scope and is refused: apply at the platform and have it filed first.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>归属主体</source>
        <translation>Owner</translation>
    </message>
    <message>
        <source>信用代码</source>
        <translation>USCC</translation>
    </message>
    <message>
        <source>平台登记的资质</source>
        <translation>Qualified at the provider as</translation>
    </message>
    <message>
        <source>主体资质</source>
        <translation>Licences</translation>
    </message>
    <message>
        <source>授权书</source>
        <translation>Letter</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Kind of name</translation>
    </message>
    <message>
        <source>平台审核</source>
        <translation>Review</translation>
    </message>
    <message>
        <source>自行登记，平台没有说明</source>
        <translation>Stated by the merchant; the platform does not say</translation>
    </message>
    <message>
        <source>运营商</source>
        <translation>Carriers</translation>
    </message>
    <message>
        <source>扩展码</source>
        <translation>Extension</translation>
    </message>
    <message>
        <source>有效期至</source>
        <translation>Valid until</translation>
    </message>
    <message>
        <source>平台没有说明</source>
        <translation>The platform does not say</translation>
    </message>
    <message>
        <source>报告账户</source>
        <translation>Reported by</translation>
    </message>
    <message>
        <source>已报备</source>
        <translation>Filed</translation>
    </message>
    <message>
        <source>未报备，其用户收不到</source>
        <translation>Not filed; its customers get nothing</translation>
    </message>
    <message>
        <source>未登记</source>
        <translation>None recorded</translation>
    </message>
    <message>
        <source>无</source>
        <translation>None</translation>
    </message>
    <message>
        <source>{who}，至 {day}</source>
        <translation>{who}, until {day}</translation>
    </message>
    <message>
        <source>用到它的活动</source>
        <translation>Campaigns that use it</translation>
    </message>
    <message>
        <source>还没有活动使用这个签名。</source>
        <translation>No campaign uses it yet.</translation>
    </message>
    <message>
        <source>另有 {count} 个更早的活动</source>
        <translation>{count} earlier ones</translation>
    </message>
    <message>
        <source>变更记录</source>
        <translation>History</translation>
    </message>
    <message>
        <source>平台不再报告</source>
        <translation>No longer reported</translation>
    </message>
    <message>
        <source>至 {day}</source>
        <translation>until {day}</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>SignaturePicker</name>
    <message>
        <source>签名</source>
        <translation>Signature</translation>
    </message>
    <message>
        <source>选择签名</source>
        <translation>Choose a signature</translation>
    </message>
    <message>
        <source>本主体还没有签名：签名随账户同步而来。</source>
        <translation>This entity has no signature yet: signatures are synced with the account.</translation>
    </message>
    <message>
        <source>还没有选签名，短信不能没有签名。</source>
        <translation>No signature chosen yet; a message must have one.</translation>
    </message>
    <message>
        <source>已通过并报备</source>
        <translation>Approved and filed</translation>
    </message>
    <message>
        <source>不能用：{}</source>
        <translation>Cannot be used: {}</translation>
    </message>
    <message>
        <source>无</source>
        <translation>None</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>用途：{}</source>
        <translation>Purposes: {}</translation>
    </message>
    <message>
        <source>有效至 {}</source>
        <translation>Valid until {}</translation>
    </message>
    <message>
        <source>未注明有效期</source>
        <translation>No expiry given</translation>
    </message>
</context>
<context>
    <name>SignaturesPage</name>
    <message>
        <source>签名与模板</source>
        <translation>Signatures</translation>
    </message>
    <message>
        <source>签名</source>
        <translation>Signatures</translation>
    </message>
    <message>
        <source>还没有签名</source>
        <translation>No signatures yet</translation>
    </message>
    <message>
        <source>去设置里连接</source>
        <translation>Connect in the settings</translation>
    </message>
    <message>
        <source>登记已保存。</source>
        <translation>Saved.</translation>
    </message>
    <message>
        <source>签名或模板</source>
        <translation>Signatures or templates</translation>
    </message>
    <message>
        <source>签名由平台审核、向运营商报备后才能使用。连接账户并同步后，平台报告的签名会列在这里；查不到签名的通道，可以自行登记。</source>
        <translation>A signature can be used once it is approved and filed with the carriers. After accounts are connected and synced, what they report is listed here; for senders that cannot tell, state it yourself.</translation>
    </message>
    <message>
        <source>没有符合条件的签名</source>
        <translation>No signature matches</translation>
    </message>
    <message>
        <source>可以输入签名、主体或端口里的几个字。</source>
        <translation>Type some letters of the signature, its entity or its port.</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
    <message>
        <source>登记签名…</source>
        <translation>Record a signature…</translation>
    </message>
    <message>
        <source>模板</source>
        <translation>Templates</translation>
    </message>
    <message>
        <source>查找签名或模板</source>
        <translation>Find signatures or templates</translation>
    </message>
    <message>
        <source>编号、内容或账户</source>
        <translation>Code, text or account</translation>
    </message>
    <message>
        <source>签名、主体或端口</source>
        <translation>Signature, entity or port</translation>
    </message>
    <message>
        <source>签名登记在主体名下：请先连接它的账户</source>
        <translation>A signature belongs to an entity: connect an account of it first</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>共 {count} 个签名，{usable} 个可用。签名只能用于报备过的主体和用途。</source>
        <translation>Signatures: {count}, usable: {usable}. Each serves the entity and the purposes that it is filed for, and no other.</translation>
    </message>
    <message>
        <source>可用</source>
        <translation>Usable</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>报备过的用途</source>
        <translation>Purposes that it is filed for</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>可用于</source>
        <translation>Filed for</translation>
    </message>
    <message>
        <source>有效期至</source>
        <translation>Valid until</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>端口</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>活动</source>
        <translation>Campaigns</translation>
    </message>
</context>
<context>
    <name>SlotRows</name>
    <message>
        <source>{} 对应的变量</source>
        <translation>Variable for {}</translation>
    </message>
    <message>
        <source>暂不对应，保留 {}</source>
        <translation>Not mapped yet, keep {}</translation>
    </message>
</context>
<context>
    <name>SourceChoice</name>
    <message>
        <source>由谁确认同意</source>
        <translation>Who confirms consent</translation>
    </message>
    <message>
        <source>暂不设置</source>
        <translation>Not for now</translation>
    </message>
    <message>
        <source>同意记录由所选的同意查询服务出具，平台只用来排除不可发送的人。</source>
        <translation>Consent records come from the chosen consent service; the platform only rules people out.</translation>
    </message>
    <message>
        <source>不设置时无人可发：此平台没有短信同意查询接口，不能证明谁同意过。</source>
        <translation>Without one nobody can be sent to: this platform has no look-up of SMS consents and cannot prove who agreed.</translation>
    </message>
    <message>
        <source>此平台没有短信同意查询接口。请先为同一主体连接同意查询服务，再回到这里选择；此前无人可发。</source>
        <translation>This platform has no look-up of SMS consents. Connect a consent service for the same entity first, then choose it here; until then nobody can be sent to.</translation>
    </message>
</context>
<context>
    <name>SpanView</name>
    <message>
        <source>时段（北京时间）</source>
        <translation>Time (Beijing)</translation>
    </message>
</context>
<context>
    <name>StaffCard</name>
    <message>
        <source>还没有测试号码。登记后，就能在活动的发送步骤给自己发一条看看。</source>
        <translation>No numbers yet. Once one is registered, a campaign&apos;s step Send can send you a test.</translation>
    </message>
    <message>
        <source>谁的号码</source>
        <translation>Whose number</translation>
    </message>
    <message>
        <source>例如 店长小李</source>
        <translation>e.g. Li, manager</translation>
    </message>
    <message>
        <source>手机号</source>
        <translation>Mobile number</translation>
    </message>
    <message>
        <source>11 位手机号</source>
        <translation>11 digits</translation>
    </message>
    <message>
        <source>这是本单位人员的号码，本人同意接收测试短信</source>
        <translation>One of our staff, who agrees to get test messages</translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>已登满。要换号码，请先删除一个。</source>
        <translation>That is the most. Remove one to register another.</translation>
    </message>
    <message>
        <source>{} / {} 个</source>
        <translation>{} of {}</translation>
    </message>
    <message>
        <source>{} 登记</source>
        <translation>registered {}</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Remove</translation>
    </message>
    <message>
        <source>删除 {}</source>
        <translation>Remove {}</translation>
    </message>
    <message>
        <source>删除测试号码 {}？</source>
        <translation>Remove the staff number {}?</translation>
    </message>
    <message>
        <source>之后测试短信不再发给 {}。需要时可以重新登记。</source>
        <translation>Test messages no longer go to {}. You can register it again.</translation>
    </message>
    <message>
        <source>保留</source>
        <translation>Keep</translation>
    </message>
</context>
<context>
    <name>StaffSection</name>
    <message>
        <source>测试号码</source>
        <translation>Staff numbers</translation>
    </message>
    <message>
        <source>测试短信只发给在这里登记的号码，每个主体最多 {} 个。登记和删除都会留痕。</source>
        <translation>Test messages go only to numbers registered here, {} at most for each entity. Every change is recorded.</translation>
    </message>
    <message>
        <source>还没有主体</source>
        <translation>No entities yet</translation>
    </message>
    <message>
        <source>连接平台账户后，可以为它的主体登记测试号码。</source>
        <translation>Once a platform account is connected, staff numbers can be registered for its entity.</translation>
    </message>
    <message>
        <source>去连接账户</source>
        <translation>Connect an account</translation>
    </message>
</context>
<context>
    <name>StampRow</name>
    <message>
        <source>时间戳请求的进度</source>
        <translation>Progress of the time-stamp request</translation>
    </message>
    <message>
        <source>时间戳请求…</source>
        <translation>Time-stamp request…</translation>
    </message>
    <message>
        <source>对现在的链头写一个请求文件，由您交给自己选的时间戳机构。本程序不联系任何机构。</source>
        <translation>Writes a request over the head as it is now, for you to take to a time-stamp authority of your choice. The program contacts none.</translation>
    </message>
    <message>
        <source>读回时间戳…</source>
        <translation>Read time stamp…</translation>
    </message>
    <message>
        <source>选机构的答复和它的根证书：与请求核对，成立才记入审计链。</source>
        <translation>Choose the authority&apos;s reply and its root certificate: it is compared with the request, and put on record if it holds.</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>还没有机构给链头盖时间戳（RFC 3161）。盖过以后，谁都能看出链头在那个时间已经有了。</source>
        <translation>No authority has time-stamped a head yet (RFC 3161). Once one has, anybody can see that the head was there by then.</translation>
    </message>
    <message>
        <source>最近的时间戳：到第 {n} 条为止，{at}，{who}，根证书指纹 {ca}。</source>
        <translation>Latest time stamp: up to entry {n}, {at}, {who}, root certificate {ca}.</translation>
    </message>
    <message>
        <source>另有 {n} 条记录写着盖过时间戳，却不成立，没有算进去。</source>
        <translation> Other entries that say so and prove nothing, not counted: {n}.</translation>
    </message>
    <message>
        <source>时间戳请求</source>
        <translation>Time-stamp request</translation>
    </message>
    <message>
        <source>请求文件存到</source>
        <translation>Save the request to</translation>
    </message>
    <message>
        <source>所有文件 (*)</source>
        <translation>All files (*)</translation>
    </message>
    <message>
        <source>时间戳答复</source>
        <translation>Time-stamp reply</translation>
    </message>
    <message>
        <source>选择机构的答复</source>
        <translation>Choose the authority&apos;s reply</translation>
    </message>
    <message>
        <source>证书</source>
        <translation>Certificates</translation>
    </message>
    <message>
        <source>选择机构的根证书</source>
        <translation>Choose the authority&apos;s root certificate</translation>
    </message>
    <message>
        <source>请求已写好：{file}。请交给时间戳机构，再把答复读回来。</source>
        <translation>Request written: {file}. Take it to the authority, then read back its reply.</translation>
    </message>
    <message>
        <source>时间戳成立，已记入审计链：{who}，根证书指纹 {ca}</source>
        <translation>The time stamp holds and is on record: {who}, root certificate {ca}</translation>
    </message>
</context>
<context>
    <name>StartDialog</name>
    <message>
        <source>开始</source>
        <translation>Begin</translation>
    </message>
    <message>
        <source>开始回头看</source>
        <translation>Look back</translation>
    </message>
    <message>
        <source>逐条复查这段时间里交给通道的短信：文字按现在的规则包、签名按现在的报备、同意按平台现在的答复。只读取已发出的记录，不会改动；在后台进行，可以随时暂停或取消。</source>
        <translation>Every message that was handed over in this time: its text by today&apos;s rule packs, its signature by today&apos;s filing, its consent by what the platform says now. What was sent is only read; the worker does it, and you can pause or cancel it.</translation>
    </message>
    <message>
        <source>从</source>
        <translation>From</translation>
    </message>
    <message>
        <source>到（含）</source>
        <translation>To (included)</translation>
    </message>
    <message>
        <source>复查已发出的短信</source>
        <translation>Look at what was sent</translation>
    </message>
    <message>
        <source>只看这些活动（不选就看全部）</source>
        <translation>Only these campaigns (none: all of them)</translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>活动的步骤</source>
        <translation>Steps of the campaign</translation>
    </message>
</context>
<context>
    <name>SwitchCard</name>
    <message>
        <source>停用…</source>
        <translation>Switch off…</translation>
    </message>
    <message>
        <source>重新启用</source>
        <translation>Switch on again</translation>
    </message>
    <message>
        <source>停用的原因</source>
        <translation>Reason for switching off</translation>
    </message>
    <message>
        <source>停用的原因，例如：已存有检测报告</source>
        <translation>Reason, such as: a test report is on file</translation>
    </message>
    <message>
        <source>停用</source>
        <translation>Switch off</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>原因、操作人和时间会留在记录里。已批准而没有开始的活动要重新批准。</source>
        <translation>Reason, user and time go on record. Campaigns that are approved but have not begun must be approved again.</translation>
    </message>
    <message>
        <source>启用中。它只提醒，不阻止发送。</source>
        <translation>Switched on. It warns; it stops no message.</translation>
    </message>
</context>
<context>
    <name>SyncButton</name>
    <message>
        <source>同步客户</source>
        <translation>Sync customers</translation>
    </message>
    <message>
        <source>全部店铺</source>
        <translation>All shops</translation>
    </message>
    <message>
        <source>还没有连接店铺：请先在“设置”里连接</source>
        <translation>No shop connected yet: connect one in Settings first</translation>
    </message>
    <message>
        <source>正在同步</source>
        <translation>Syncing</translation>
    </message>
</context>
<context>
    <name>SyncNotices</name>
    <message>
        <source>{shop} 没有同步完，已收到的 {rows} 位客户保留。{why}</source>
        <translation>The sync of {shop} did not finish; {rows} customers received so far are kept. {why}</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Retry</translation>
    </message>
    <message>
        <source>{shop} 的同步已停止，已收到的 {rows} 位客户保留。</source>
        <translation>Sync of {shop} stopped. Customers received so far are kept: {rows}.</translation>
    </message>
    <message>
        <source>{shop} 已是最新，平台没有新的变化。</source>
        <translation>{shop} is up to date; nothing new on the platform.</translation>
    </message>
    <message>
        <source>{shop} 已同步：收到 {rows} 位客户，其中新增 {new} 位。</source>
        <translation>{shop} synced. Customers received: {rows}; new: {new}.</translation>
    </message>
    <message>
        <source>{shop} 已同步，没有别的变化。</source>
        <translation>{shop} is synced; nothing else changed.</translation>
    </message>
    <message>
        <source>已按平台要求删除 {erased} 位客户的资料。</source>
        <translation> Erased at the platform&apos;s request: {erased}.</translation>
    </message>
    <message>
        <source>另有 {broken} 条不合约定，没有采用。</source>
        <translation> Not used because they break the API contract: {broken}.</translation>
    </message>
</context>
<context>
    <name>TaskDialog</name>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>整改</source>
        <translation>Put right</translation>
    </message>
    <message>
        <source>例如：改掉文案里的绝对化用语，重新提交审核</source>
        <translation>e.g. take the absolute claims out of the text and have it reviewed again</translation>
    </message>
    <message>
        <source>例如：王丽</source>
        <translation>e.g. Li Wang</translation>
    </message>
    <message>
        <source>期限</source>
        <translation>Due</translation>
    </message>
    <message>
        <source>已完成</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>要整改的事</source>
        <translation>What is to be put right</translation>
    </message>
    <message>
        <source>要做什么</source>
        <translation>What to do</translation>
    </message>
    <message>
        <source>负责人</source>
        <translation>Owner</translation>
    </message>
    <message>
        <source>每次改动都写入审计记录。</source>
        <translation>Every change is put down in the audit.</translation>
    </message>
</context>
<context>
    <name>TemplateDrawer</name>
    <message>
        <source>模板的详情</source>
        <translation>Details of the template</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>类型</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>变量</source>
        <translation>Variables</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>没有</source>
        <translation>None</translation>
    </message>
    <message>
        <source>通道账户</source>
        <translation>Sender account</translation>
    </message>
    <message>
        <source>未通过原因</source>
        <translation>Why refused</translation>
    </message>
</context>
<context>
    <name>TemplateInDialog</name>
    <message>
        <source>从服务商模板导入</source>
        <translation>Import a provider&apos;s template</translation>
    </message>
    <message>
        <source>替换正文</source>
        <translation>Replace text</translation>
    </message>
    <message>
        <source>服务商的模板</source>
        <translation>Provider&apos;s template</translation>
    </message>
    <message>
        <source>把服务商控制台里的模板粘贴到这里，例如“尊敬的{1}，您有{2}积分即将到期。拒收请回复R”。</source>
        <translation>Paste the template from the provider&apos;s console here, for example &quot;Dear {1}, {2} points expire soon. Reply R to opt out&quot;.</translation>
    </message>
    <message>
        <source>导入后的正文</source>
        <translation>Text after import</translation>
    </message>
    <message>
        <source>变量写法</source>
        <translation>Variable form</translation>
    </message>
    <message>
        <source>打开文本文件…</source>
        <translation>Open text file…</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>变量对应</source>
        <translation>Variables</translation>
    </message>
    <message>
        <source>替换后可以撤销（Ctrl+Z）。</source>
        <translation>You can undo this (Ctrl+Z).</translation>
    </message>
    <message>
        <source>自动识别：{}</source>
        <translation>Detected: {}</translation>
    </message>
    <message>
        <source>自动识别</source>
        <translation>Detect</translation>
    </message>
    <message>
        <source>开头的【{}】没有放进正文：签名会自动加在最前面。</source>
        <translation>【{}】 at the start was left out: the signature is added in front automatically.</translation>
    </message>
    <message>
        <source>开头的【{}】没有放进正文。这个活动的签名是【{}】，要换请在“签名”里选择。</source>
        <translation>【{}】 at the start was left out. This campaign is signed 【{}】; choose another under Signature.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>客户资料里没有 {}：可以先导入，但对应好之前不能发送。</source>
        <translation>No customer has {}: you can import now, but not send until it is mapped.</translation>
    </message>
    <message>
        <source>文本文件 (*.txt);;所有文件 (*)</source>
        <translation>Text files (*.txt);;All files (*)</translation>
    </message>
    <message>
        <source>选择模板文件</source>
        <translation>Choose a template file</translation>
    </message>
</context>
<context>
    <name>TemplateMenu</name>
    <message>
        <source>模板</source>
        <translation>Template</translation>
    </message>
    <message>
        <source>与服务商的短信模板互相转换</source>
        <translation>Convert from or to a provider&apos;s SMS template</translation>
    </message>
    <message>
        <source>从服务商模板导入…</source>
        <translation>Import a provider&apos;s template…</translation>
    </message>
    <message>
        <source>导出为服务商模板…</source>
        <translation>Export as a provider&apos;s template…</translation>
    </message>
</context>
<context>
    <name>TemplateOutDialog</name>
    <message>
        <source>导出为服务商模板</source>
        <translation>Export as a provider&apos;s template</translation>
    </message>
    <message>
        <source>服务商</source>
        <translation>Provider</translation>
    </message>
    <message>
        <source>变量写法</source>
        <translation>Variable form</translation>
    </message>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
    <message>
        <source>另存为…</source>
        <translation>Save as…</translation>
    </message>
    <message>
        <source>已保存到 {}</source>
        <translation>Saved to {}</translation>
    </message>
    <message>
        <source>服务商的模板</source>
        <translation>Provider&apos;s template</translation>
    </message>
    <message>
        <source>签名【{}】在服务商处单独选择，不写进模板。</source>
        <translation>The signature 【{}】 is chosen separately at the provider and is no part of the template.</translation>
    </message>
    <message>
        <source>变量对应</source>
        <translation>Variables</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>各服务商都不接受的内容</source>
        <translation>What no provider accepts</translation>
    </message>
    <message>
        <source>该服务商不接受的内容</source>
        <translation>What this provider does not accept</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>没有发现。最终以服务商的审核为准。</source>
        <translation>Nothing found. The provider&apos;s own review decides.</translation>
    </message>
    <message numerus="yes">
        <source>按受众样本里最长的一条核对：连签名 {} 字，%Ln 条</source>
        <translation>
            <numerusform>Checked with the longest message of the sample: {} characters with the signature, %Ln part</numerusform>
            <numerusform>Checked with the longest message of the sample: {} characters with the signature, %Ln parts</numerusform>
        </translation>
    </message>
    <message>
        <source>已复制</source>
        <translation>Copied</translation>
    </message>
    <message>
        <source>模板-{}.txt</source>
        <translation>template-{}.txt</translation>
    </message>
    <message>
        <source>保存模板</source>
        <translation>Save template</translation>
    </message>
    <message>
        <source>文本文件 (*.txt)</source>
        <translation>Text files (*.txt)</translation>
    </message>
    <message>
        <source>没有保存</source>
        <translation>Not saved</translation>
    </message>
</context>
<context>
    <name>TemplateWords</name>
    <message>
        <source>本程序</source>
        <translation>this program</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>name</translation>
    </message>
    <message>
        <source>省份</source>
        <translation>province</translation>
    </message>
    <message>
        <source>城市</source>
        <translation>city</translation>
    </message>
    <message>
        <source>例如 {}</source>
        <translation>e.g. {}</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>TemplatesPanel</name>
    <message>
        <source>重新读取</source>
        <translation>Read again</translation>
    </message>
    <message>
        <source>模板</source>
        <translation>Templates</translation>
    </message>
    <message>
        <source>没有可列出的模板</source>
        <translation>No templates to list</translation>
    </message>
    <message>
        <source>能查询模板的通道（例如阿里云短信、腾讯云短信）把审核过的模板列在这里。您的通道不在其中时，这里空着是正常的，不影响发送。</source>
        <translation>Senders whose templates can be read, such as Aliyun and Tencent SMS, list them here. Where yours is none of them, an empty list is as it should be and stops no sending.</translation>
    </message>
    <message>
        <source>去看账户</source>
        <translation>See accounts</translation>
    </message>
    <message>
        <source>没有符合条件的模板</source>
        <translation>No template matches</translation>
    </message>
    <message>
        <source>可以输入编号、内容或通道账户里的几个字。</source>
        <translation>Type some letters of its code, its text or its sender account.</translation>
    </message>
    <message>
        <source>显示全部</source>
        <translation>Show all</translation>
    </message>
    <message>
        <source>没有读到“{name}”的模板：{why}</source>
        <translation>The templates of &quot;{name}&quot; were not read: {why}</translation>
    </message>
    <message>
        <source>正在询问服务商…</source>
        <translation>Asking the providers…</translation>
    </message>
    <message>
        <source>按模板发送的通道，正文必须与一个已通过的模板逐字相符，否则不会发出。</source>
        <translation>With a sender that goes by templates a text leaves only if it is, character for character, what an approved template gives.</translation>
    </message>
    <message numerus="yes">
        <source>共 {count} 个模板，{usable} 个已通过。</source>
        <translation>
            <numerusform>{count} template, {usable} approved. </numerusform>
            <numerusform>{count} templates, {usable} approved. </numerusform>
        </translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>内容</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>类型</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>变量</source>
        <translation>Variables</translation>
    </message>
    <message>
        <source>通道账户</source>
        <translation>Sender account</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>短信正文</source>
        <translation>Message text</translation>
    </message>
    <message>
        <source>在这里写正文。签名会自动加在最前面，末尾请写退订方式，例如“拒收请回复R”。</source>
        <translation>Write the text here. The signature is put in front automatically; end with a way to opt out, such as &quot;拒收请回复R&quot;.</translation>
    </message>
    <message>
        <source>插入变量</source>
        <translation>Insert variable</translation>
    </message>
    <message>
        <source>发送时换成每位收件人自己的资料</source>
        <translation>Replaced with each recipient&apos;s own data when sent</translation>
    </message>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>重做</source>
        <translation>Redo</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Retry</translation>
    </message>
    <message>
        <source>正文</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>省份</source>
        <translation>Province</translation>
    </message>
    <message>
        <source>城市</source>
        <translation>City</translation>
    </message>
    <message>
        <source>导入的属性</source>
        <translation>Imported attribute</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving…</translation>
    </message>
    <message>
        <source>未保存</source>
        <translation>Not saved</translation>
    </message>
    <message>
        <source>{}，例如 {}</source>
        <translation>{}, such as {}</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>发送时段 {:%H:%M} 到 {:%H:%M}</source>
        <translation>Sending window {:%H:%M} to {:%H:%M}</translation>
    </message>
    <message>
        <source>，选定 {:%H:%M}</source>
        <translation>, chosen {:%H:%M}</translation>
    </message>
    <message>
        <source>现在</source>
        <translation>Now</translation>
    </message>
</context>
<context>
    <name>Todos</name>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>允发</source>
        <translation>Yunfa</translation>
    </message>
    <message>
        <source>打开允发</source>
        <translation>Open Yunfa</translation>
    </message>
    <message>
        <source>退出</source>
        <translation>Quit</translation>
    </message>
    <message>
        <source>允发正在后台发送</source>
        <translation>Yunfa is sending in the background</translation>
    </message>
</context>
<context>
    <name>TrendsPanel</name>
    <message>
        <source>按什么分</source>
        <translation>Group by</translation>
    </message>
    <message>
        <source>每期多长</source>
        <translation>Length of a period</translation>
    </message>
    <message>
        <source>近 {} 天，与之前 {} 天相比</source>
        <translation>Last {} days against the {} before</translation>
    </message>
    <message>
        <source>投诉的变化</source>
        <translation>How complaints change</translation>
    </message>
    <message>
        <source>这两期没有投诉，也没有发送</source>
        <translation>Nothing was sent and nobody complained in these periods</translation>
    </message>
    <message>
        <source>有投诉之后，这里按活动、签名和受众比较：每个比例都带件数和条数，太少就说不能判断。</source>
        <translation>Once there are complaints, campaigns, signatures and audiences are compared here: every rate with its counts, and what is too little is called so.</translation>
    </message>
    <message>
        <source>哪些活动、签名和受众的投诉在上升；超过策略里的比例，活动会自动停下。</source>
        <translation>Whose complaints rise. A campaign over the policy rate stops by itself.</translation>
    </message>
    <message>
        <source>这两期没有能对上短信的投诉，也没有发送</source>
        <translation>No complaint of these two periods matches a message, and nothing was sent</translation>
    </message>
    <message>
        <source>合计：本期 {now}；上期 {before}。{turn}。</source>
        <translation>In all: now {now}; before {before}. {turn}.</translation>
    </message>
    <message>
        <source>对不上短信的投诉：本期 {now} 件，上期 {before} 件。</source>
        <translation>Complaints that match no message: {now} in this period, {before} in the previous one. </translation>
    </message>
    <message>
        <source>本期有 {} 件还没有人核对是哪一条短信，暂按最可能的活动计。</source>
        <translation>Of those now, nobody has said yet which message {} are about; they count for the likeliest campaign.</translation>
    </message>
    <message>
        <source>{complaints} 件 / {sent} 条</source>
        <translation>{complaints} of {sent}</translation>
    </message>
    <message>
        <source>，每万条 {:.1f} 件</source>
        <translation>, {:.1f} per 10,000</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>变化</source>
        <translation>Change</translation>
    </message>
    <message>
        <source>本期</source>
        <translation>Now</translation>
    </message>
    <message>
        <source>上期</source>
        <translation>Before</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>未保存的条件：{}</source>
        <translation>Filter that is not saved: {}</translation>
    </message>
</context>
<context>
    <name>TrialCard</name>
    <message>
        <source>测试号码</source>
        <translation>Staff numbers</translation>
    </message>
    <message>
        <source>按谁的资料填写</source>
        <translation>Whose values to fill in</translation>
    </message>
    <message>
        <source>发测试短信</source>
        <translation>Send a test</translation>
    </message>
    <message>
        <source>去登记测试号码</source>
        <translation>Register a number</translation>
    </message>
    <message>
        <source>给自己发一条测试短信</source>
        <translation>Send yourself a test</translation>
    </message>
    <message>
        <source>最长的一条</source>
        <translation>The longest text</translation>
    </message>
    <message>
        <source>按 {} 的资料</source>
        <translation>As {} would read it</translation>
    </message>
    <message>
        <source>{} {}，{}</source>
        <translation>{} {}, {}</translation>
    </message>
    <message>
        <source>先登记自己人的号码，最多 5 个。测试短信只发给登记过的号码。</source>
        <translation>First register numbers of your own people, five at most. Tests go to registered numbers only.</translation>
    </message>
    <message>
        <source>今天的 {} 条测试短信已经发满。</source>
        <translation>All {} test messages of today are used up.</translation>
    </message>
    <message>
        <source>不计入活动结果。今天还能发 {} 条。</source>
        <translation>Counts in no results of the campaign. {} left today.</translation>
    </message>
</context>
<context>
    <name>TrialStep</name>
    <message>
        <source>试运行进度</source>
        <translation>Dry-run progress</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>正在读完整个文件并与客户比对，不会改动任何内容…</source>
        <translation>Reading the whole file and comparing it with your customers; nothing is changed…</translation>
    </message>
    <message>
        <source>正在核对文件并写下这次导入…</source>
        <translation>Checking the file and recording this import…</translation>
    </message>
    <message>
        <source>这是试运行，还没有改动任何内容。点“导入”之后，才会补充客户资料；之后可以撤销。</source>
        <translation>This is a dry run; nothing has changed yet. Customer attributes are added only when you click Import, and you can undo it afterwards.</translation>
    </message>
    <message>
        <source>号码写法已修正的行：</source>
        <translation>Rows with corrected phone numbers: </translation>
    </message>
    <message>
        <source>五个以上连着的号码（不可发送）：</source>
        <translation>Five or more consecutive numbers (cannot be sent to): </translation>
    </message>
</context>
<context>
    <name>TrimmedWords</name>
    <message numerus="yes">
        <source>正文最多 {} 字，粘贴的内容有 {} 字没有放进来。</source>
        <translation>
            <numerusform>The text holds {} characters at most; {} pasted character was left out.</numerusform>
            <numerusform>The text holds {} characters at most; {} pasted characters were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>去掉了 %Ln 个看不见的控制字符。</source>
        <translation>
            <numerusform>Removed %Ln invisible control character.</numerusform>
            <numerusform>Removed %Ln invisible control characters.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnknownCard</name>
    <message>
        <source>为免有人收到两遍，这些短信永远不会自动重发，也不算送达。</source>
        <translation>So that nobody gets them twice, these messages are never resent automatically, and they do not count as delivered.</translation>
    </message>
    <message>
        <source>以结果不明结案…</source>
        <translation>Close as unknown…</translation>
    </message>
    <message>
        <source>结果不明的短信</source>
        <translation>Messages with an unknown outcome</translation>
    </message>
    <message numerus="yes">
        <source>%Ln 条短信不知道有没有发出</source>
        <translation>
            <numerusform>%Ln message may or may not have left</numerusform>
            <numerusform>%Ln messages may or may not have left</numerusform>
        </translation>
    </message>
    <message>
        <source>已经交给发送通道，问了多次，它的答复里都没有这些短信的结果，或它已不再保留这批记录。</source>
        <translation>They were handed to the sender. It was asked several times; its answers do not mention them, or it no longer keeps the records.</translation>
    </message>
    <message>
        <source>取消时要向发送通道问清已交出的短信，但没有问成。{}</source>
        <translation>Cancelling asks the sender what became of the messages already handed over, but it could not be asked. {}</translation>
    </message>
    <message>
        <source>程序会继续追问，问清后自动完成取消。若确定问不到，可以结案，不再追问。</source>
        <translation>It will be asked again, and the cancelling then finishes by itself. If no answer can be had, close it; nobody asks any more.</translation>
    </message>
    <message>
        <source>请先到发送通道的后台查询；也可以在下面重新安排，程序会先再问一次。都查不到，就结案。</source>
        <translation>Look in the sender&apos;s own console first, or schedule again below: it is then asked once more. If nothing is found, close it.</translation>
    </message>
    <message>
        <source>请先到发送通道的后台查询；查不到，就结案。结案后收到的回执仍会记入结果。</source>
        <translation>Look in the sender&apos;s own console first; if nothing is found, close it. Reports that come later still count.</translation>
    </message>
    <message>
        <source>把 {} 条短信以结果不明结案？</source>
        <translation>Close {} messages as unknown?</translation>
    </message>
    <message>
        <source>结案后不再追问，也不会重发；之后若收到回执，仍会记入结果。结案会写入记录，不能撤销。</source>
        <translation>Nobody asks any more and nothing is resent; reports that come later still count. It is recorded and cannot be undone.</translation>
    </message>
    <message>
        <source>结案</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>先不结案</source>
        <translation>Not yet</translation>
    </message>
</context>
<context>
    <name>WelcomePanel</name>
    <message>
        <source>试用演示</source>
        <translation>Try the demo</translation>
    </message>
    <message>
        <source>新建…</source>
        <translation>New…</translation>
    </message>
    <message>
        <source>打开…</source>
        <translation>Open…</translation>
    </message>
    <message>
        <source>恢复…</source>
        <translation>Restore…</translation>
    </message>
    <message>
        <source>新建工作区</source>
        <translation>New workspace</translation>
    </message>
    <message>
        <source>打开已有工作区</source>
        <translation>Open an existing workspace</translation>
    </message>
    <message>
        <source>从备份恢复</source>
        <translation>Restore from a backup</translation>
    </message>
    <message>
        <source>欢迎使用允发</source>
        <translation>Welcome to Yunfa</translation>
    </message>
    <message>
        <source>只给平台确认同意的人发营销短信，发送前看清签名和文案是否合规。</source>
        <translation>Marketing SMS only to people whose consent the platform confirms, with signature and text checked for compliance before sending.</translation>
    </message>
    <message>
        <source>先看一遍</source>
        <translation>Take a look first</translation>
    </message>
    <message>
        <source>模拟的平台和客户，几分钟走完从受众到结果；关闭后不留任何数据。</source>
        <translation>Simulated platform and customers: from audience to results in a few minutes; nothing remains when you close it.</translation>
    </message>
    <message>
        <source>新建工作区，连接平台</source>
        <translation>A new workspace, then a platform</translation>
    </message>
    <message>
        <source>客户、同意记录和活动加密保存在这台电脑上；建好后连接平台账户，客户会同步过来。</source>
        <translation>Customers, consents and campaigns stay encrypted on this computer. Then connect a platform&apos;s account, and the customers come in.</translation>
    </message>
    <message>
        <source>打开团队或已有的工作区</source>
        <translation>Open a team&apos;s workspace, or one you have</translation>
    </message>
    <message>
        <source>选择团队管理员给您的文件夹，或以前的工作区。</source>
        <translation>Choose the folder that your team&apos;s owner gave you, or a workspace made or restored before.</translation>
    </message>
    <message>
        <source>换了电脑或工作区损坏时，用备份文件恢复成新的工作区。</source>
        <translation>On a new computer, or when a workspace is damaged: makes a new one from a backup.</translation>
    </message>
</context>
<context>
    <name>WindowSection</name>
    <message>
        <source>界面</source>
        <translation>Interface</translation>
    </message>
    <message>
        <source>只影响这台电脑上的窗口，立即生效。</source>
        <translation>Affects only the windows on this computer, effective at once.</translation>
    </message>
    <message>
        <source>跟随系统</source>
        <translation>System</translation>
    </message>
    <message>
        <source>浅色</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>深色</source>
        <translation>Dark</translation>
    </message>
    <message>
        <source>高对比度（浅色）</source>
        <translation>High contrast (light)</translation>
    </message>
    <message>
        <source>高对比度（深色）</source>
        <translation>High contrast (dark)</translation>
    </message>
    <message>
        <source>语言</source>
        <translation>Language</translation>
    </message>
    <message>
        <source>外观</source>
        <translation>Appearance</translation>
    </message>
    <message>
        <source>在概览和活动里显示下一步</source>
        <translation>Show the next step on Overview and in campaigns</translation>
    </message>
    <message>
        <source>第一次活动</source>
        <translation>First campaign</translation>
    </message>
    <message>
        <source>第一个活动已经发出，指引不再出现。</source>
        <translation>A first campaign was sent; the guide does not appear any more.</translation>
    </message>
</context>
<context>
    <name>WordDialog</name>
    <message>
        <source>确认</source>
        <translation>Confirm</translation>
    </message>
    <message>
        <source>确认：{}</source>
        <translation>Confirm: {}</translation>
    </message>
    <message>
        <source>例如：已和通道经理电话核对</source>
        <translation>For example: settled with the sender by telephone</translation>
    </message>
    <message>
        <source>谁确认</source>
        <translation>Whose word it is</translation>
    </message>
    <message>
        <source>怎么核实的（可不填）</source>
        <translation>How they know (optional)</translation>
    </message>
    <message>
        <source>姓名和时间会留在预案里，确认也写入审计记录。</source>
        <translation>Name and time stay in the plan; the confirmation is in the audit, too.</translation>
    </message>
</context>
<context>
    <name>WordingsSection</name>
    <message>
        <source>导入文件…</source>
        <translation>Import a file…</translation>
    </message>
    <message>
        <source>保存核对结果</source>
        <translation>Keep the result</translation>
    </message>
    <message>
        <source>协议、同意页或征询短信的文字</source>
        <translation>Words of an agreement, a consent screen or an invitation</translation>
    </message>
    <message>
        <source>粘贴注册协议、同意页上的文字或征询短信。会指出：默认同意、与其他事项捆绑、“无需另行同意”，缺少类型、频次或期限，以及按个人特征推送却没有关闭办法的地方。</source>
        <translation>Paste the registration agreement, the words of the consent screen or the invitation. It points out consent by default, bundled, or once for all; a missing kind, frequency or term; and profiling without a way out.</translation>
    </message>
    <message>
        <source>发现的问题</source>
        <translation>Findings</translation>
    </message>
    <message>
        <source>核对过的文案</source>
        <translation>Wordings that were checked</translation>
    </message>
    <message>
        <source>核对怎样取得同意：每一处都写明位置、依据和改法。保存的结果会进入自查报告。</source>
        <translation>How consent is asked for: each finding with its place, its law and a better wording. What is kept goes into the self-check report.</translation>
    </message>
    <message>
        <source>粘贴或导入文字后，这里列出问题。</source>
        <translation>Paste or import a text, and its findings are listed here.</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>没有发现问题。规则只看文字：版面、大小和图中是否已打勾，要由人看。</source>
        <translation>Nothing was found. Rules read words only: layout, size and boxes ticked in a picture are for a person to see.</translation>
    </message>
    <message numerus="yes">
        <source>共 %Ln 处，选中一处看依据和改法。</source>
        <translation>
            <numerusform>%Ln finding; choose it for its law and a better wording.</numerusform>
            <numerusform>%Ln findings; choose one for its law and a better wording.</numerusform>
        </translation>
    </message>
    <message>
        <source>（未核实）</source>
        <translation> (not verified)</translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
    <message>
        <source>依据：{law}</source>
        <translation>By: {law}</translation>
    </message>
    <message>
        <source>改为：{fix}</source>
        <translation>Better: {fix}</translation>
    </message>
    <message>
        <source>已保存，文字的哈希 {hash}…</source>
        <translation>Kept; the hash of the text is {hash}…</translation>
    </message>
    <message>
        <source>文本或 Word 文档 (*.txt *.docx)</source>
        <translation>Text or Word documents (*.txt *.docx)</translation>
    </message>
    <message>
        <source>导入文件</source>
        <translation>Import a file</translation>
    </message>
    <message>
        <source>哪种文案</source>
        <translation>Which kind of wording</translation>
    </message>
    <message>
        <source>哪个主体的</source>
        <translation>Whose: the entity</translation>
    </message>
    <message>
        <source>哪家店铺的</source>
        <translation>Whose: the shop</translation>
    </message>
    <message>
        <source>主体自己的</source>
        <translation>The entity&apos;s own</translation>
    </message>
    <message>
        <source>核对或历史</source>
        <translation>Check, or history</translation>
    </message>
    <message>
        <source>核对</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>历史</source>
        <translation>History</translation>
    </message>
    <message>
        <source>还没有保存过核对结果。</source>
        <translation>No result was kept yet.</translation>
    </message>
    <message>
        <source>级别</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>规则</source>
        <translation>Rule</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>What</translation>
    </message>
    <message>
        <source>核对于</source>
        <translation>Checked at</translation>
    </message>
    <message>
        <source>主体</source>
        <translation>Entity</translation>
    </message>
    <message>
        <source>种类</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>问题</source>
        <translation>Findings</translation>
    </message>
    <message>
        <source>文字的哈希</source>
        <translation>Hash of the text</translation>
    </message>
    <message>
        <source>谁</source>
        <translation>Who</translation>
    </message>
</context>
<context>
    <name>WorkDialog</name>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>WorkspaceSection</name>
    <message>
        <source>工作区</source>
        <translation>Workspace</translation>
    </message>
    <message>
        <source>客户、同意记录、活动和私钥都加密存放在这个文件夹里。</source>
        <translation>Customers, consent records, campaigns and private keys are all stored encrypted in this folder.</translation>
    </message>
    <message>
        <source>文件夹</source>
        <translation>Folder</translation>
    </message>
    <message>
        <source>服务器</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>占用空间</source>
        <translation>Disk space</translation>
    </message>
    <message>
        <source>密钥保管</source>
        <translation>Key storage</translation>
    </message>
    <message>
        <source>身份</source>
        <translation>Who you are</translation>
    </message>
    <message>
        <source>打开文件夹</source>
        <translation>Open folder</translation>
    </message>
    <message>
        <source>修改口令…</source>
        <translation>Change passphrase…</translation>
    </message>
    <message>
        <source>客户、同意记录和活动在团队的服务器上，号码和私钥加密存放；这个文件夹里只有打开它要用的信息。</source>
        <translation>Customers, consents and campaigns are on the team&apos;s server, numbers and private keys encrypted; in this folder is only what it takes to open them.</translation>
    </message>
    <message>
        <source>上次备份</source>
        <translation>Last backup</translation>
    </message>
    <message>
        <source>备份…</source>
        <translation>Back up…</translation>
    </message>
    <message>
        <source>恢复…</source>
        <translation>Restore…</translation>
    </message>
    <message>
        <source>演示工作区关闭后即删除，无需备份。</source>
        <translation>A demo&apos;s workspace is deleted when it closes and needs no backup.</translation>
    </message>
    <message>
        <source>备份是一个加密文件，发送时也能做。恢复总是另建一个工作区，不会覆盖现有的。</source>
        <translation>A backup is one encrypted file and can be made while sending. Restoring always makes another workspace and overwrites none.</translation>
    </message>
    <message>
        <source>仍使用这个工作区…</source>
        <translation>Use this workspace anyway…</translation>
    </message>
    <message>
        <source>口令：每次打开时输入，不保存在任何地方</source>
        <translation>Passphrase: typed at every opening and kept nowhere</translation>
    </message>
    <message>
        <source>还没有备份过</source>
        <translation>Never backed up</translation>
    </message>
    <message>
        <source>它的记录到 {} 为止。</source>
        <translation>Its records end at {}.</translation>
    </message>
    <message>
        <source>已恢复到 {}。现在打开的仍是原来的工作区。</source>
        <translation>Restored to {}. The former workspace is still the open one.</translation>
    </message>
    <message>
        <source>下次启动打开它</source>
        <translation>Open it at the next start</translation>
    </message>
    <message>
        <source>另一份还在用的，请先停用：回复和退订只会到其中一份。之后发过什么、谁退订过，它都不知道。确认后，停下的活动仍要逐个继续；每一批先问发送通道，问不清的不再发。</source>
        <translation>If the other one is still in use, put it out of use first: replies and opt-outs reach only one of the two. It does not know what was sent, or who opted out, since. Once you confirm, each stopped campaign still has to be resumed; the sender is asked about every batch first, and what nobody can tell of is not sent.</translation>
    </message>
    <message>
        <source>下次启动时打开 {}。</source>
        <translation>{} opens at the next start.</translation>
    </message>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>下次启动时仍打开原来的工作区。</source>
        <translation>The former workspace opens at the next start, as before.</translation>
    </message>
    <message>
        <source>仍使用这个工作区？</source>
        <translation>Use this workspace anyway?</translation>
    </message>
    <message>
        <source>仍使用</source>
        <translation>Use it</translation>
    </message>
    <message>
        <source>先不用</source>
        <translation>Not now</translation>
    </message>
    <message>
        <source>已确认。停下的活动可以到“活动”里逐个继续或取消。</source>
        <translation>Accepted. Resume or cancel the stopped campaigns under Campaigns.</translation>
    </message>
    <message>
        <source>系统钥匙串：用您的系统账户登录后自动打开</source>
        <translation>System keychain: opens when you log in with your system account</translation>
    </message>
    <message>
        <source>只在内存里：演示结束即消失</source>
        <translation>In memory only: gone when the demo ends</translation>
    </message>
</context>
<context>
    <name>_Joiner</name>
    <message>
        <source>条件之间的关系</source>
        <translation>How the conditions combine</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>all</translation>
    </message>
    <message>
        <source>任一</source>
        <translation>any</translation>
    </message>
</context>
<context>
    <name>_Line</name>
    <message>
        <source>同步进度</source>
        <translation>Sync progress</translation>
    </message>
    <message>
        <source>停止同步</source>
        <translation>Stop sync</translation>
    </message>
    <message>
        <source>已经收到的客户会保留</source>
        <translation>Customers already received are kept</translation>
    </message>
    <message>
        <source>等待同步 {shop}</source>
        <translation>Waiting to sync {shop}</translation>
    </message>
    <message numerus="yes">
        <source>正在同步 {shop}：已收到 {rows} 位客户</source>
        <translation>
            <numerusform>Syncing {shop}: {rows} customer received</numerusform>
            <numerusform>Syncing {shop}: {rows} customers received</numerusform>
        </translation>
    </message>
    <message>
        <source>{}：{}</source>
        <translation>{}: {}</translation>
    </message>
</context>
</TS>
