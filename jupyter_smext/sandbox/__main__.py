from jupyter_smext.sandbox.run import exit_now, main

exit_now(main())
