#!/bin/bash
# jupyter-smext @VERSION@: the Amazon SageMaker panel for a notebook instance. Made by `jupyter smext lifecycle build`.
# An instance that cannot take it starts without it: this script always ends with 0, and within @SECONDS@ seconds.
# SageMaker runs it as root; Jupyter and its environment belong to ec2-user.
python=/home/ec2-user/anaconda3/envs/JupyterSystemEnv/bin/python3
if [ ! -x "$python" ]; then
  echo "jupyter-smext @VERSION@: skipped: there is no JupyterSystemEnv"
  exit 0
fi
timeout -k 5 @SECONDS@ sudo -n -u ec2-user -H "$python" -I - <<'END_OF_INSTALLER'
@INSTALLER@
END_OF_INSTALLER
case $? in
  10) timeout -k 5 30 systemctl restart jupyter-server < /dev/null > /dev/null 2>&1 ;;
  124 | 137) echo "jupyter-smext @VERSION@: not installed: gave up after @SECONDS@ s" ;;
esac
exit 0
