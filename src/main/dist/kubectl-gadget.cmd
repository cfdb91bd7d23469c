@echo off
rem Runs kubectl gadget with Java 25 or later from JAVA_HOME or PATH.
setlocal
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
"%java%" "@%~dp0options" -cp "%~dp0lib\*" dev.jig.cli.KubectlGadget %*
exit /b %errorlevel%
