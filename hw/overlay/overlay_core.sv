// SPDX-License-Identifier: BSD-3-Clause
// The overlay without the processor: register slave, DMA, cycle counters and the network.
//
// Beats go memory -> beat_reader -> beat_meter -> overlay_network, results come back
// overlay_network -> beat_meter -> result_writer -> memory; run_control supervises.
// `overlay_network` is generated for one network (hw/overlay/network.py).

module overlay_core #(
  // Samples of a beat
  parameter int unsigned BEAT_SAMPLES = 360,
  // Largest beat count
  parameter int unsigned MAX_BEATS = 1048576,
  // Addresses the overlay may use, both included: the PYNQ-Z2's DDR above the lowest megabyte
  parameter logic [31:0] MEMORY_FIRST = 32'h0010_0000,
  parameter logic [31:0] MEMORY_LAST = 32'h1fff_ffff
) (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  output logic        irq,

  // AXI3 slave, registers (M_AXI_GP0)
  input  logic [11:0] s_axi_awid,
  input  logic [11:0] s_axi_awaddr,
  input  logic [3:0]  s_axi_awlen,
  input  logic [1:0]  s_axi_awsize,
  input  logic [1:0]  s_axi_awburst,
  input  logic        s_axi_awvalid,
  output logic        s_axi_awready,
  input  logic [31:0] s_axi_wdata,
  input  logic [3:0]  s_axi_wstrb,
  input  logic        s_axi_wvalid,
  output logic        s_axi_wready,
  output logic [11:0] s_axi_bid,
  output logic [1:0]  s_axi_bresp,
  output logic        s_axi_bvalid,
  input  logic        s_axi_bready,
  input  logic [11:0] s_axi_arid,
  input  logic [11:0] s_axi_araddr,
  input  logic [3:0]  s_axi_arlen,
  input  logic [1:0]  s_axi_arsize,
  input  logic [1:0]  s_axi_arburst,
  input  logic        s_axi_arvalid,
  output logic        s_axi_arready,
  output logic [11:0] s_axi_rid,
  output logic [31:0] s_axi_rdata,
  output logic [1:0]  s_axi_rresp,
  output logic        s_axi_rlast,
  output logic        s_axi_rvalid,
  input  logic        s_axi_rready,

  // AXI3 master, memory (S_AXI_HP0): 64 bits, incrementing bursts, one id
  output logic [31:0] m_axi_awaddr,
  output logic [3:0]  m_axi_awlen,
  output logic        m_axi_awvalid,
  input  logic        m_axi_awready,
  output logic [63:0] m_axi_wdata,
  output logic        m_axi_wlast,
  output logic        m_axi_wvalid,
  input  logic        m_axi_wready,
  input  logic [1:0]  m_axi_bresp,
  input  logic        m_axi_bvalid,
  output logic        m_axi_bready,
  output logic [31:0] m_axi_araddr,
  output logic [3:0]  m_axi_arlen,
  output logic        m_axi_arvalid,
  input  logic        m_axi_arready,
  input  logic [63:0] m_axi_rdata,
  input  logic [1:0]  m_axi_rresp,
  input  logic        m_axi_rvalid,
  output logic        m_axi_rready
);

  localparam int unsigned CLASSES = 5;
  localparam int unsigned NETWORK_WIDTH = 32 * (CLASSES + 1);
  localparam int unsigned RESULT_WIDTH = 32 * (CLASSES + 3);

  logic [11:0] axil_awaddr, axil_araddr;
  logic axil_awvalid, axil_awready, axil_wvalid, axil_wready, axil_bvalid, axil_bready;
  logic axil_arvalid, axil_arready, axil_rvalid, axil_rready;
  logic [31:0] axil_wdata, axil_rdata;
  logic [3:0] axil_wstrb;
  logic [1:0] axil_bresp, axil_rresp;

  logic start, reset, busy, done, finished, error_clear, go, stop, flush;
  logic [31:0] source, destination, beat_count, watchdog, beats_done, network_hash;
  logic [63:0] total_cycles;
  logic [overlay_pkg::ERROR_BITS-1:0] error_set;
  logic [31:0] run_source, run_destination, run_words;
  logic reader_idle, read_error, read_progress, writer_idle, write_error, write_progress, written;
  logic meter_progress, measured;
  logic [31:0] latency, interval, first_latency, min_interval, max_interval;

  // Resets what a run fills: registered for its fan-out. Progress comes late from the processor.
  logic stream_rst_n, progress_q;
  always_ff @(posedge ap_clk) begin
    stream_rst_n <= ap_rst_n && !flush;
    progress_q <= read_progress || write_progress || meter_progress;
  end

  logic [63:0] word_tdata;
  logic [7:0] unpacked_tdata, sample_tdata, network_in_tdata;
  logic word_tvalid, word_tready, unpacked_tvalid, unpacked_tready, unused_unpacked_tlast;
  logic sample_tvalid, sample_tready, unused_tlast;
  logic network_in_tvalid, network_in_tready, network_in_tlast;
  logic [NETWORK_WIDTH-1:0] network_out_tdata;
  logic network_out_tvalid, network_out_tready;
  logic [RESULT_WIDTH-1:0] result_tdata;
  logic result_tvalid, result_tready;

  axi3_to_axi_lite #(
    .ID_WIDTH(12),
    .ADDRESS_WIDTH(12)
  ) bridge (
    .ap_clk, .ap_rst_n,
    .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst, .s_axi_awvalid,
    .s_axi_awready, .s_axi_wdata, .s_axi_wstrb, .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst, .s_axi_arvalid,
    .s_axi_arready, .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid,
    .s_axi_rready,
    .m_axil_awaddr(axil_awaddr), .m_axil_awvalid(axil_awvalid), .m_axil_awready(axil_awready),
    .m_axil_wdata(axil_wdata), .m_axil_wstrb(axil_wstrb), .m_axil_wvalid(axil_wvalid),
    .m_axil_wready(axil_wready), .m_axil_bresp(axil_bresp), .m_axil_bvalid(axil_bvalid),
    .m_axil_bready(axil_bready), .m_axil_araddr(axil_araddr), .m_axil_arvalid(axil_arvalid),
    .m_axil_arready(axil_arready), .m_axil_rdata(axil_rdata), .m_axil_rresp(axil_rresp),
    .m_axil_rvalid(axil_rvalid), .m_axil_rready(axil_rready)
  );

  overlay_registers #(
    .BEAT_SAMPLES(BEAT_SAMPLES),
    .MAX_BEATS(MAX_BEATS),
    .MEMORY_FIRST(MEMORY_FIRST),
    .MEMORY_LAST(MEMORY_LAST)
  ) registers (
    .ap_clk, .ap_rst_n,
    .s_axil_awaddr(axil_awaddr), .s_axil_awvalid(axil_awvalid), .s_axil_awready(axil_awready),
    .s_axil_wdata(axil_wdata), .s_axil_wstrb(axil_wstrb), .s_axil_wvalid(axil_wvalid),
    .s_axil_wready(axil_wready), .s_axil_bresp(axil_bresp), .s_axil_bvalid(axil_bvalid),
    .s_axil_bready(axil_bready), .s_axil_araddr(axil_araddr), .s_axil_arvalid(axil_arvalid),
    .s_axil_arready(axil_arready), .s_axil_rdata(axil_rdata), .s_axil_rresp(axil_rresp),
    .s_axil_rvalid(axil_rvalid), .s_axil_rready(axil_rready),
    .start, .reset, .source, .destination, .beat_count, .watchdog,
    .network_hash, .busy, .done, .finished, .error_set, .error_clear, .beats_done, .total_cycles,
    .first_latency, .min_interval, .max_interval, .irq
  );

  run_control #(
    .BEAT_SAMPLES(BEAT_SAMPLES),
    .MAX_BEATS(MAX_BEATS),
    .MEMORY_FIRST(MEMORY_FIRST),
    .MEMORY_LAST(MEMORY_LAST)
  ) control (
    .ap_clk, .ap_rst_n,
    .start, .reset, .source, .destination, .beat_count, .watchdog,
    .busy, .done, .finished, .error_set, .error_clear, .beats_done, .total_cycles,
    .go, .stop, .flush, .run_source, .run_destination, .run_words,
    .reader_idle, .writer_idle, .read_error, .write_error, .written,
    .progress(progress_q)
  );

  beat_reader reader (
    .ap_clk, .ap_rst_n, .flush, .go, .stop,
    .address(run_source), .words(run_words),
    .idle(reader_idle), .error(read_error), .progress(read_progress),
    .m_axi_araddr, .m_axi_arlen, .m_axi_arvalid, .m_axi_arready,
    .m_axi_rdata, .m_axi_rresp, .m_axi_rvalid, .m_axi_rready,
    .m_axis_tdata(word_tdata), .m_axis_tvalid(word_tvalid), .m_axis_tready(word_tready)
  );

  width_converter #(
    .IN_WIDTH(64),
    .OUT_WIDTH(8)
  ) word_to_samples (
    .ap_clk, .ap_rst_n(stream_rst_n),
    .s_axis_tdata(word_tdata), .s_axis_tvalid(word_tvalid), .s_axis_tready(word_tready),
    .s_axis_tlast(1'b0),
    .m_axis_tdata(unpacked_tdata), .m_axis_tvalid(unpacked_tvalid),
    .m_axis_tready(unpacked_tready), .m_axis_tlast(unused_unpacked_tlast)
  );

  // Cuts the path of the network's readiness
  fifo #(
    .DATA_WIDTH(8)
  ) samples (
    .ap_clk, .ap_rst_n(stream_rst_n),
    .s_axis_tdata(unpacked_tdata), .s_axis_tvalid(unpacked_tvalid),
    .s_axis_tready(unpacked_tready), .s_axis_tlast(1'b0),
    .m_axis_tdata(sample_tdata), .m_axis_tvalid(sample_tvalid), .m_axis_tready(sample_tready),
    .m_axis_tlast(unused_tlast)
  );

  beat_meter #(
    .BEAT_SAMPLES(BEAT_SAMPLES),
    .CLASSES(CLASSES)
  ) meter (
    .ap_clk, .ap_rst_n(stream_rst_n), .progress(meter_progress),
    .s_samples_tdata(sample_tdata), .s_samples_tvalid(sample_tvalid),
    .s_samples_tready(sample_tready),
    .m_samples_tdata(network_in_tdata), .m_samples_tvalid(network_in_tvalid),
    .m_samples_tready(network_in_tready), .m_samples_tlast(network_in_tlast),
    .s_results_tdata(network_out_tdata), .s_results_tvalid(network_out_tvalid),
    .s_results_tready(network_out_tready),
    .m_results_tdata(result_tdata), .m_results_tvalid(result_tvalid),
    .m_results_tready(result_tready),
    .measured, .latency, .interval
  );

  overlay_network #(
    .BEAT_SAMPLES(BEAT_SAMPLES)
  ) network (
    .ap_clk, .ap_rst_n(stream_rst_n), .network_hash,
    .s_axis_tdata(network_in_tdata), .s_axis_tvalid(network_in_tvalid),
    .s_axis_tready(network_in_tready), .s_axis_tlast(network_in_tlast),
    .m_axis_tdata(network_out_tdata), .m_axis_tvalid(network_out_tvalid),
    .m_axis_tready(network_out_tready)
  );

  result_writer writer (
    .ap_clk, .ap_rst_n, .go, .stop,
    .address(run_destination),
    .idle(writer_idle), .error(write_error), .written, .progress(write_progress),
    .s_axis_tdata(result_tdata), .s_axis_tvalid(result_tvalid), .s_axis_tready(result_tready),
    .m_axi_awaddr, .m_axi_awlen, .m_axi_awvalid, .m_axi_awready,
    .m_axi_wdata, .m_axi_wlast, .m_axi_wvalid, .m_axi_wready,
    .m_axi_bresp, .m_axi_bvalid, .m_axi_bready
  );

  run_statistics statistics (
    .ap_clk, .ap_rst_n, .clear(go),
    .measured, .latency, .interval, .first_latency, .min_interval, .max_interval
  );

endmodule
