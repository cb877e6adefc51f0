<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>CrashDialog</name>
    <message>
        <source>程序出错了</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>错误报告</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>刚才的操作没有完成，已保存的内容都在，没有多发短信。您可以继续使用；若再次出现，请把下面的报告发给我们，号码和密钥已打码，发送前可以先看。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>复制报告</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>另存为…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>继续使用</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>保存报告</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Gate</name>
    <message>
        <source>正在打开工作区</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>正在打开工作区…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>新建工作区</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>工作区保存客户、同意记录和活动，加密存放在这台电脑上。密钥保存在系统钥匙串里。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>口令</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>输入口令打开工作区</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>打开</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>工作区没有打开</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>重试</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>筹备中</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>关闭提示</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>允发</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> — 演示</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>概览</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>客户</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>活动</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>签名与模板</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>将显示每个签名的报备状态、使用范围、归属主体和有效期，以及用到它的活动。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>合规</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>将提供规则包查询、回头看检查和给监管部门的自查报告。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>退订与投诉</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>将收集客户回复、退订和 12321 投诉，并为每件投诉准备证据。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>记录</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>将列出谁在何时做了什么，并能导出和验证证据。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>设置</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>演示：客户和平台都是模拟的，不会发出任何短信；关闭窗口后全部删除。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>后台任务进度</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>后台进程启动中</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>后台进程运行中</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>后台进程已停止</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>重新启动</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>，另有 %n 项</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
</TS>
