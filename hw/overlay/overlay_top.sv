// SPDX-License-Identifier: BSD-3-Clause
// The whole design for a Zynq-7000: processing system, clock, reset and the overlay.
//
// PS7 is instantiated directly, so there is no block design. Clock from FCLK0, registers at
// M_AXI_GP0, memory at S_AXI_HP0 (64 bits), interrupt at IRQF2P[0]. No pins of the fabric are used.

module overlay_top;

  logic [2:0] unused_fclk, unused_fclk_rst_n;
  logic fclk, fclk_rst_n, ap_clk, ap_rst_n;

  BUFG clock_buffer (.I(fclk), .O(ap_clk));

  // Sixteen cycles of reset after configuration and after FCLK_RESET0
  logic [15:0] reset_q;
  always_ff @(posedge ap_clk or negedge fclk_rst_n) begin
    if (!fclk_rst_n) reset_q <= '0;
    else reset_q <= {reset_q[14:0], 1'b1};
  end
  always_ff @(posedge ap_clk) ap_rst_n <= reset_q[15];

  logic irq;
  logic [11:0] gp0_awid, gp0_bid, gp0_arid, gp0_rid, gp0_awaddr, gp0_araddr;
  logic [31:0] gp0_wdata, gp0_rdata;
  logic [19:0] unused_gp0_awaddr, unused_gp0_araddr;
  logic [3:0] gp0_awlen, gp0_arlen, gp0_wstrb;
  logic [1:0] gp0_awsize, gp0_arsize, gp0_awburst, gp0_arburst, gp0_bresp, gp0_rresp;
  logic gp0_awvalid, gp0_awready, gp0_wvalid, gp0_wready, gp0_bvalid, gp0_bready;
  logic gp0_arvalid, gp0_arready, gp0_rvalid, gp0_rready, gp0_rlast;

  logic [31:0] hp0_awaddr, hp0_araddr;
  logic [63:0] hp0_wdata, hp0_rdata;
  logic [3:0] hp0_awlen, hp0_arlen;
  logic [1:0] hp0_bresp, hp0_rresp;
  logic hp0_awvalid, hp0_awready, hp0_wvalid, hp0_wready, hp0_wlast, hp0_bvalid, hp0_bready;
  logic hp0_arvalid, hp0_arready, hp0_rvalid, hp0_rready;

  overlay_core core (
    .ap_clk, .ap_rst_n, .irq,
    .s_axi_awid(gp0_awid), .s_axi_awaddr(gp0_awaddr), .s_axi_awlen(gp0_awlen),
    .s_axi_awsize(gp0_awsize), .s_axi_awburst(gp0_awburst), .s_axi_awvalid(gp0_awvalid),
    .s_axi_awready(gp0_awready), .s_axi_wdata(gp0_wdata), .s_axi_wstrb(gp0_wstrb),
    .s_axi_wvalid(gp0_wvalid), .s_axi_wready(gp0_wready), .s_axi_bid(gp0_bid),
    .s_axi_bresp(gp0_bresp), .s_axi_bvalid(gp0_bvalid), .s_axi_bready(gp0_bready),
    .s_axi_arid(gp0_arid), .s_axi_araddr(gp0_araddr), .s_axi_arlen(gp0_arlen),
    .s_axi_arsize(gp0_arsize), .s_axi_arburst(gp0_arburst), .s_axi_arvalid(gp0_arvalid),
    .s_axi_arready(gp0_arready), .s_axi_rid(gp0_rid), .s_axi_rdata(gp0_rdata),
    .s_axi_rresp(gp0_rresp), .s_axi_rlast(gp0_rlast), .s_axi_rvalid(gp0_rvalid),
    .s_axi_rready(gp0_rready),
    .m_axi_awaddr(hp0_awaddr), .m_axi_awlen(hp0_awlen), .m_axi_awvalid(hp0_awvalid),
    .m_axi_awready(hp0_awready), .m_axi_wdata(hp0_wdata), .m_axi_wlast(hp0_wlast),
    .m_axi_wvalid(hp0_wvalid), .m_axi_wready(hp0_wready), .m_axi_bresp(hp0_bresp),
    .m_axi_bvalid(hp0_bvalid), .m_axi_bready(hp0_bready), .m_axi_araddr(hp0_araddr),
    .m_axi_arlen(hp0_arlen), .m_axi_arvalid(hp0_arvalid), .m_axi_arready(hp0_arready),
    .m_axi_rdata(hp0_rdata), .m_axi_rresp(hp0_rresp), .m_axi_rvalid(hp0_rvalid),
    .m_axi_rready(hp0_rready)
  );

  (* keep *)
  PS7 processing_system (
    .FCLKCLK({unused_fclk, fclk}), .FCLKRESETN({unused_fclk_rst_n, fclk_rst_n}),
    .FCLKCLKTRIGN(4'b0000), .FPGAIDLEN(1'b1),
    .DDRARB(4'b0000), .IRQF2P({19'b0, irq}),

    .MAXIGP0ACLK(ap_clk),
    .MAXIGP0AWADDR({unused_gp0_awaddr, gp0_awaddr}), .MAXIGP0AWID(gp0_awid),
    .MAXIGP0AWLEN(gp0_awlen),
    .MAXIGP0AWSIZE(gp0_awsize), .MAXIGP0AWBURST(gp0_awburst), .MAXIGP0AWVALID(gp0_awvalid),
    .MAXIGP0AWREADY(gp0_awready), .MAXIGP0WDATA(gp0_wdata), .MAXIGP0WSTRB(gp0_wstrb),
    .MAXIGP0WVALID(gp0_wvalid), .MAXIGP0WREADY(gp0_wready), .MAXIGP0BID(gp0_bid),
    .MAXIGP0BRESP(gp0_bresp), .MAXIGP0BVALID(gp0_bvalid), .MAXIGP0BREADY(gp0_bready),
    .MAXIGP0ARADDR({unused_gp0_araddr, gp0_araddr}), .MAXIGP0ARID(gp0_arid),
    .MAXIGP0ARLEN(gp0_arlen),
    .MAXIGP0ARSIZE(gp0_arsize), .MAXIGP0ARBURST(gp0_arburst), .MAXIGP0ARVALID(gp0_arvalid),
    .MAXIGP0ARREADY(gp0_arready), .MAXIGP0RID(gp0_rid), .MAXIGP0RDATA(gp0_rdata),
    .MAXIGP0RRESP(gp0_rresp), .MAXIGP0RLAST(gp0_rlast), .MAXIGP0RVALID(gp0_rvalid),
    .MAXIGP0RREADY(gp0_rready),

    .SAXIHP0ACLK(ap_clk), .SAXIHP0RDISSUECAP1EN(1'b0), .SAXIHP0WRISSUECAP1EN(1'b0),
    .SAXIHP0AWID(6'b0), .SAXIHP0AWADDR(hp0_awaddr), .SAXIHP0AWLEN(hp0_awlen),
    .SAXIHP0AWSIZE(2'b11), .SAXIHP0AWBURST(2'b01), .SAXIHP0AWLOCK(2'b00),
    .SAXIHP0AWCACHE(4'b0000), .SAXIHP0AWPROT(3'b000), .SAXIHP0AWQOS(4'b0000),
    .SAXIHP0AWVALID(hp0_awvalid), .SAXIHP0AWREADY(hp0_awready), .SAXIHP0WID(6'b0),
    .SAXIHP0WDATA(hp0_wdata), .SAXIHP0WSTRB(8'hff), .SAXIHP0WLAST(hp0_wlast),
    .SAXIHP0WVALID(hp0_wvalid), .SAXIHP0WREADY(hp0_wready), .SAXIHP0BRESP(hp0_bresp),
    .SAXIHP0BVALID(hp0_bvalid), .SAXIHP0BREADY(hp0_bready), .SAXIHP0ARID(6'b0),
    .SAXIHP0ARADDR(hp0_araddr), .SAXIHP0ARLEN(hp0_arlen), .SAXIHP0ARSIZE(2'b11),
    .SAXIHP0ARBURST(2'b01), .SAXIHP0ARLOCK(2'b00), .SAXIHP0ARCACHE(4'b0000),
    .SAXIHP0ARPROT(3'b000), .SAXIHP0ARQOS(4'b0000), .SAXIHP0ARVALID(hp0_arvalid),
    .SAXIHP0ARREADY(hp0_arready), .SAXIHP0RDATA(hp0_rdata), .SAXIHP0RRESP(hp0_rresp),
    .SAXIHP0RVALID(hp0_rvalid), .SAXIHP0RREADY(hp0_rready)
  );

endmodule
